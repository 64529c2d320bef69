// Records that their Avro schemas allow and that nobody in their right mind writes: drawn by a seed, for
// every topic, under ids of their own and under those of the good log.
import { Random } from '../../models/random.ts';
import { type Codec, createCodec, headerBytes } from '../../schemas/codec.ts';
import { topics } from '../../schemas/index.ts';
import { latestTime } from '../../schemas/rules.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { intents } from '../../schemas/topics/intents.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { items } from '../../schemas/topics/items.ts';
import { openImpressions } from '../../schemas/topics/open-impressions.ts';
import { positions } from '../../schemas/topics/positions.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { validEvent } from '../support/valid-event.ts';
import { changed, type Leaf, type LeafKind, leavesOf, valueAt } from './leaves.ts';

export interface AbsurdRecord {
  readonly topic: AnyTopic;
  /** Null for a record without a key. */
  readonly key: string | null;
  /** In wire format, with the schema id 1. */
  readonly value: Buffer;
  /** Whether the border refuses it; if not, it must be harmless. */
  readonly refused: boolean;
}

/** What the good log consists of. */
export interface Victims {
  readonly users: readonly string[];
  readonly items: readonly string[];
  /** A time at which the good log has begun, ms. */
  readonly at: number;
  /** Latest time that is let in, ms. */
  readonly latest: number;
}

/** What begins every id of their own. */
const foreign = 'hostile-';

/**
 * Topics whose records may change the good log's outputs even if all that they name is their own: a slate
 * or request becomes an example, which every learner hears of, an item may be shown to anybody, a vector
 * belongs to the basis, and with the first intent a decision without one says so,
 * and a changelog is the memory of a stage. Of these only what the border refuses is drawn.
 */
const heardOf: ReadonlySet<AnyTopic> = new Set<AnyTopic>([
  ...[requests, impressions, examples, items, itemVectors, intents, userStates, openImpressions],
]);

/** Topics that nothing of the loop reads, or that only the runtime writes. */
const notDrawn: ReadonlySet<AnyTopic> = new Set<AnyTopic>([deadLetters, positions]);

/** Inputs of stages: an event of them that is too far ahead is refused, too. */
const timed: ReadonlySet<AnyTopic> = new Set<AnyTopic>([
  ...[requests, impressions, clicks, examples, itemVectors],
]);

/** How often a topic is drawn, beside 1 of the others: most what people write. */
const weights = new Map<AnyTopic, number>([
  ...[clicks, impressions, requests].map((topic) => [topic, 12] as const),
  ...[items, examples, itemVectors, snapshots].map((topic) => [topic, 4] as const),
]);

/** Every how manieth list or text is a very long one. */
const longEvery = 200;
/** Largest record that is drawn, bytes: two of them fit into one batch of a broker. */
const mostBytes = 500_000;
/** Every how manieth record is cut short. */
const tornEvery = 50;

const values: Readonly<Record<Exclude<LeafKind, 'list'>, readonly unknown[]>> = {
  real: [
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE],
    ...[-Number.MAX_VALUE, Number.MIN_VALUE, -0, 0, -1, 1.5, 1e6, -1e300],
  ],
  whole: [0, -1, -2_147_483_648, 2_147_483_647, 1_000_000],
  time: [-1, 0, -8.64e15, 8.64e15, latestTime, latestTime + 1],
  text: [
    ...['', ' ', '\u0000', '\u0007\u001b[31m', '\ud800', '\u202e', '🦊'.repeat(40), '../../etc'],
    ...["'; drop table clicks; --", 'x'.repeat(513), 'NaN', '-1'],
  ],
};

/** The bytes of a record with the id of a registry in place of 1. */
export function framed(value: Buffer, id: number): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length >= headerBytes) bytes.writeUInt32BE(id, 1);
  return bytes;
}

interface Source {
  readonly codec: Codec;
  readonly event: unknown;
  readonly leaves: readonly Leaf[];
}

export class AbsurdRecords {
  private readonly random: Random;
  private readonly victims: Victims;
  private readonly drawn: readonly AnyTopic[];
  private readonly sources = new Map<AnyTopic, Source>();
  private made = 0;

  constructor(seed: number, victims: Victims) {
    this.random = new Random(seed);
    this.victims = victims;
    this.drawn = (topics as readonly AnyTopic[])
      .filter((topic) => !notDrawn.has(topic))
      .flatMap((topic) => Array.from({ length: weights.get(topic) ?? 1 }, () => topic));
  }

  next(): AbsurdRecord {
    for (;;) {
      const topic = this.oneOf(this.drawn);
      // Beside people of the good log, whose memory is their own, only what the border refuses.
      const among = this.random.below(2) === 0;
      const made = this.recordOf(topic, among);
      if (made.value.length > mostBytes) continue;
      if (made.refused || !(among || heardOf.has(topic))) return made;
    }
  }

  private recordOf(topic: AnyTopic, among: boolean): AbsurdRecord {
    const { codec, leaves, event: valid } = this.sourceOf(topic);
    let event = this.named(valid, leaves, among);
    for (let times = 1 + this.random.below(2); times > 0; times--) {
      const leaf = this.oneOf(leaves);
      event = changed(event, leaf.path, this.valueFor(leaf, event));
    }
    const key = this.keyFor(topic, event);
    let value = codec.encode(event);
    if (this.random.below(tornEvery) === 0)
      value = value.subarray(0, this.random.below(value.length));
    return { topic, key, value, refused: this.isRefused(codec, key, value) };
  }

  /** The event with ids and times: its own, or those of the good log. */
  private named(valid: unknown, leaves: readonly Leaf[], among: boolean): unknown {
    const own = `${foreign}${this.made++}`;
    const { users, items: known, at } = this.victims;
    return leaves.reduce((event, { path, kind }) => {
      if (kind === 'time') return changed(event, path, at);
      // A text of another form than a name is none.
      if (kind !== 'text' || valueAt(event, path) !== 'x') return event;
      const name = path.at(-1);
      if (among && name === 'userId') return changed(event, path, this.oneOf(users));
      if (among && name === 'itemId') return changed(event, path, this.oneOf(known));
      return changed(event, path, own);
    }, valid);
  }

  private valueFor({ path, kind }: Leaf, event: unknown): unknown {
    const long = this.random.below(longEvery) === 0;
    if (kind === 'text') return long ? 'x'.repeat(201_000) : this.oneOf(values.text);
    if (kind !== 'list') return this.oneOf(values[kind]);
    const list = valueAt(event, path) as readonly unknown[] | undefined;
    if (!list?.length || this.random.below(3) === 0) return [];
    return Array.from({ length: long ? 10_050 : 2 }, () => list[0]);
  }

  private keyFor(topic: AnyTopic, event: unknown): string | null {
    // A compacted topic takes no record without a key.
    const ways = [
      topic.compacted ? '' : null,
      '',
      'x'.repeat(513),
      this.oneOf(this.victims.users),
      `${foreign}key`,
    ];
    return this.random.below(8) === 0 ? this.oneOf(ways) : topic.keyOf(event);
  }

  private isRefused(codec: Codec, key: string | null, value: Buffer): boolean {
    try {
      const at = codec.topic.timeOf(codec.take({ key, value }));
      return timed.has(codec.topic) && at > this.victims.latest;
    } catch {
      return true;
    }
  }

  private sourceOf(topic: AnyTopic): Source {
    const known = this.sources.get(topic);
    if (known) return known;
    const source = {
      codec: createCodec(topic, 1),
      // What anybody likes may be shown to everybody, before there is a learner: these like nothing.
      event: { ...validEvent(topic), ...(topic === clicks && { positive: false }) },
      leaves: leavesOf(topic.schema),
    };
    this.sources.set(topic, source);
    return source;
  }

  private oneOf<T>(list: readonly T[]): T {
    return list[this.random.below(list.length)]!;
  }
}
