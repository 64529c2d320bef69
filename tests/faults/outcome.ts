// What a run left on the broker, and how it differs from what it should have left.
import { createHash } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { canonical, digest } from '../../bench/attribute/data.ts';
import { type BenchExample, benchExamples } from '../../bench/attribute/topics.ts';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import type { Codecs } from '../../infra/registry/registry.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type DeadLetter, deadLetters } from '../../schemas/topics/dead-letters.ts';
import { changelogs } from './job.ts';
import { type Missed, missedIn } from './missed.ts';

export interface Outcome {
  /** Committed examples by impression: how often each is there. */
  readonly counts: ReadonlyMap<string, number>;
  /** Of the examples in canonical form, their order apart: the digest of the benchmark. */
  readonly outputs: string;
  /** Of the examples in the order each partition has them. */
  readonly order: string;
  /** Of the last value of each key of each changelog. */
  readonly state: string;
  /** Those that say something else than what was missed. */
  readonly deadLetters: number;
  /** Input that was deleted before it was read. */
  readonly missed: readonly Missed[];
}

export interface OutcomeOptions {
  readonly kafka: Kafka;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly partitions: number;
  readonly log: Logger;
}

/** Reads what is committed, from the beginning. */
export async function readOutcome(options: OutcomeOptions): Promise<Outcome> {
  const { kafka, log, codecs, nameOf, partitions } = options;
  const byName = new Map([benchExamples, deadLetters, ...changelogs].map((t) => [nameOf(t), t]));
  const lines: string[][] = Array.from({ length: partitions }, () => []);
  const counts = new Map<string, number>();
  const state = new Map<string, string>();
  const missed: Missed[] = [];
  let dead = 0;
  await using reader = await readTopics({
    kafka,
    log,
    topics: [...byName.keys()],
    onRecords: async (name, partition, records) => {
      const topic: AnyTopic = byName.get(name)!;
      for (const { key, value } of records) {
        const event = value && (await codecs.decode(topic, value));
        if (topic === deadLetters) {
          const range = missedIn(event as DeadLetter);
          if (range) missed.push(range);
          else dead++;
        } else if (topic === benchExamples) {
          const example = event as BenchExample;
          lines[partition]!.push(canonical(example));
          counts.set(example.impressionId, (counts.get(example.impressionId) ?? 0) + 1);
        } else {
          const at = `${topic.name}/${partition}/${key}`;
          if (event) state.set(at, JSON.stringify(event));
          else state.delete(at);
        }
      }
    },
  });
  await reader.caughtUp;
  return {
    counts,
    order: sha256(lines.flatMap((some, partition) => some.map((line) => `${partition} ${line}`))),
    outputs: digest(lines.flat()),
    state: sha256([...state].map(([key, value]) => `${key} ${value}`).sort()),
    deadLetters: dead,
    missed,
  };
}

function sha256(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest('hex');
}

export interface Difference {
  readonly lost: number;
  readonly duplicated: number;
  readonly hashesEqual: boolean;
  /** What differs, for people; empty when nothing does. */
  readonly what: readonly string[];
}

/**
 * @param wanted impressions of which there must be one example each
 * @param more what differs besides, for people
 */
export function compare(
  outcome: Outcome,
  undisturbed: Outcome,
  wanted: readonly string[],
  more: readonly string[],
): Difference {
  const missing = wanted.filter((id) => !outcome.counts.has(id));
  const twice = [...outcome.counts].filter(([, count]) => count > 1);
  const duplicated = twice.reduce((sum, [, count]) => sum + count - 1, 0);
  const what = [...more];
  if (missing.length > 0) what.push(`${missing.length} lost, such as ${missing.slice(0, 3)}`);
  if (duplicated > 0) what.push(`${duplicated} doubled, such as ${twice[0]![0]}`);
  for (const part of ['outputs', 'order', 'state', 'deadLetters'] as const) {
    if (outcome[part] !== undisturbed[part]) {
      what.push(`${part}: ${outcome[part]}, undisturbed ${undisturbed[part]}`);
    }
  }
  return { lost: missing.length, duplicated, hashesEqual: what.length === 0, what };
}
