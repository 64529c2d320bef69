// What a run made of the good log, in a form that two runs can be compared by, byte by byte.
import { createHash, type Hash } from 'node:crypto';
import { createCodec } from '../../schemas/codec.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { audit, type Finding } from '../../schemas/topics/audit.ts';
import { type DeadLetter, deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { openImpressions } from '../../schemas/topics/open-impressions.ts';
import { type Prediction, predictions } from '../../schemas/topics/predictions.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { type Snapshot, snapshots } from '../../schemas/topics/snapshots.ts';
import { userStates } from '../../schemas/topics/user-state.ts';

/** Topics that the stages write. */
export const outputTopics: readonly AnyTopic[] = [
  ...[impressions, rewards, examples, predictions, snapshots, audit, userStates, openImpressions],
  deadLetters,
];

/** A record that a run has written to a topic, behind what was sent. */
export interface Found {
  readonly offset: number;
  readonly key: string;
  /** Null for a deletion. */
  readonly event: unknown;
}

export interface Inputs {
  /** By topic, whether each record that was sent is absurd; its place is its offset. */
  readonly absurd: ReadonlyMap<string, readonly boolean[]>;
  /** Users of the good log. */
  readonly users: ReadonlySet<string>;
}

/** Digest of the outputs of the good log in each topic. */
export function digestsOf(
  inputs: Inputs,
  found: (topic: AnyTopic) => readonly Found[],
): Record<string, string> {
  return Object.fromEntries(
    outputTopics.map((topic) => {
      const codec = createCodec(topic, 1);
      const byWriter = new Map<string, Hash>();
      const own = found(topic).filter(({ key, event }) => !isForeign(inputs, topic, key, event));
      for (const { key, event } of topic.compacted ? lastOf(topic, own) : own) {
        const writer = writerOf(topic, event);
        const hash = byWriter.get(writer) ?? createHash('sha256');
        byWriter.set(writer, hash);
        hash.update(`${key.length} ${key} `);
        hash.update(event === null ? 'deleted' : codec.encode(comparable(topic, event)));
      }
      const digests = [...byWriter].map(([writer, hash]) => `${writer} ${hash.digest('hex')}`);
      return [topic.name, digests.sort().join()];
    }),
  );
}

/** How many of the absurd records are in dead letters. */
export function refusedOf({ absurd }: Inputs, letters: readonly Found[]): number {
  const named = letters.map(({ event }) => event as DeadLetter);
  const places = named.flatMap(({ origin, offset }) =>
    offset !== null && absurd.get(origin)?.[offset] ? [`${origin}/${offset}`] : [],
  );
  return new Set(places).size;
}

function isForeign(
  { absurd, users }: Inputs,
  topic: AnyTopic,
  key: string,
  event: unknown,
): boolean {
  if (topic !== deadLetters) return topic.key === 'userId' && !users.has(key);
  const { origin, offset } = event as DeadLetter;
  return offset !== null && absurd.get(origin)?.[offset] === true;
}

/**
 * What is left by each key, in the order of the keys: how many changes one transaction holds differs from
 * run to run, and what comes and goes within one leaves no record. Chunks of snapshots are all of them.
 */
function lastOf(topic: AnyTopic, records: readonly Found[]): readonly Found[] {
  if (topic === snapshots) return records;
  const last = new Map(records.map((one) => [one.key, one]));
  const left = [...last.values()].filter(({ event }) => event !== null);
  return left.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Who wrote an event: what several stages write has an order in each of them alone. */
function writerOf(topic: AnyTopic, event: unknown): string {
  switch (topic) {
    case predictions:
      return (event as Prediction).models.join();
    case snapshots:
      return (event as Snapshot).policy;
    case audit:
      return (event as Finding).component;
    case deadLetters:
      return String((event as DeadLetter).skippedBy);
    default:
      return '';
  }
}

/** The event without what differs from run to run: how long it took, and how many records lie before it. */
function comparable(topic: AnyTopic, event: unknown): unknown {
  const own = event as object;
  if (topic === impressions) return { ...own, latencyMs: 0 };
  if (topic === snapshots) return { ...own, offsets: [] };
  if (topic === deadLetters) return { ...own, offset: null };
  if (topic !== openImpressions) return event;
  const { open } = own as { open: { impression: object } | null };
  return open
    ? { ...own, open: { ...open, impression: { ...open.impression, latencyMs: 0 } } }
    : own;
}
