// Runs one task: merges what was fetched, steps it in memory, commits it in transactions. While one
// transaction is on its way, the next is gathered already.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Codec } from '../../schemas/codec.ts';
import { codeOf, MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { Merge } from '../../streams/merge.ts';
import type { Output, Sealed, Task } from '../../streams/task.ts';
import { metadataOf } from './committed.ts';
import { deadLetterOf, unwrittenOf } from './dead-letter.ts';
import type { ErrorPolicy } from './errors-policy.ts';
import type { Fetched } from './fetcher.ts';
import type { Instruments } from './instruments.ts';
import { Outbox } from './outbox.ts';
import type { TransactionalProducer } from './transactional-producer.ts';
import type { FetchedRecord } from './wire/batch-reader.ts';

export interface CommitLimits {
  /** Records in a transaction at the most. @default 8000 */
  readonly records: number;
  /** Time a transaction gathers records at the most, where its stage names none, ms. @default 300 */
  readonly ms: number;
}

export const defaultLimits: CommitLimits = { records: 8_000, ms: 300 };

export interface TaskEnvironment {
  readonly stage: string;
  readonly groupId: string;
  readonly inputs: readonly AnyTopic[];
  readonly codecOf: (topic: AnyTopic) => Codec;
  /** Asks the registry for the schema of a record, once a schema. @throws `registry-unreachable` */
  readonly learnSchema: (topic: AnyTopic, value: Buffer) => Promise<void>;
  readonly nameOf: (topic: AnyTopic) => string;
  /** How many partitions a topic has. */
  readonly partitionsOf: (topic: AnyTopic) => number;
  readonly limits: CommitLimits;
  readonly policy: ErrorPolicy;
  /** Fetches from several brokers overlap. */
  readonly severalBrokers: boolean;
  /** Time a transaction waits for more, ms … */
  readonly commitEveryMs: number;
  /** … unless it carries the answer to a record of one of these. */
  readonly promptInputs: readonly AnyTopic[];
  readonly now: () => number;
  readonly counters: StageCounters;
  readonly instruments: Instruments;
  /** There is room again where there was none. */
  readonly onRoom: () => void;
}

export interface StageCounters {
  processed: number;
  commits: number;
  skipped: number;
  /** Time spent in the last commits, ms, exponentially smoothed. */
  commitMs: number;
}

/** A record of the open transaction. */
interface Taken {
  readonly at: number;
  readonly input: number;
  readonly record: FetchedRecord;
}

/** Records and bytes held of an input, from which its fetching pauses. */
const mostHeld = 20_000;
const mostHeldBytes = 32 << 20;

/** Records stepped before the rest of the process has its turn. */
const recordsPerTurn = 128;

export class TaskRunner {
  readonly task: Task;
  private readonly env: TaskEnvironment;
  private readonly producer: TransactionalProducer;
  private readonly merge: Merge<Taken>;
  /** Next offset to commit, and to take from a fetch, by input. */
  private readonly positions: number[];
  private readonly fetched: number[];
  private readonly heldBytes: number[];
  /** Inputs that were said to have no room. */
  private readonly full = new Set<number>();
  /** Offsets below which outputs were committed before a restart, by input. */
  private readonly mutedBelow: readonly number[];
  /** Records of the open transaction: all of them, and those that were stepped. */
  private count = 0;
  private stepped: Taken[] = [];
  private letters: Output[] = [];
  private wake: (() => void) | undefined;
  private closed = false;
  private committing: Promise<void> | undefined;
  private failure: unknown;
  /** Something has come since it was last waited for. */
  private more = false;
  /** Somebody waits for what came of a record in the open transaction. */
  private prompt = false;
  /** When it last got on, ms of the environment's clock. */
  private movedAt: number;

  constructor(
    env: TaskEnvironment,
    task: Task,
    producer: TransactionalProducer,
    start: readonly number[],
    mutedBelow: readonly number[],
  ) {
    this.env = env;
    this.task = task;
    this.producer = producer;
    this.positions = [...start];
    this.fetched = [...start];
    this.heldBytes = start.map(() => 0);
    this.mutedBelow = mutedBelow;
    this.merge = new Merge(env.inputs.length, env.severalBrokers ? 1 : 0);
    this.movedAt = env.now();
  }

  /** Nothing is held, and no transaction is open. */
  get idle(): boolean {
    return this.count === 0 && !this.committing && !this.holds;
  }

  /** Offset to fetch next of an input. */
  fetchedOf(input: number): number {
    return this.fetched[input]!;
  }

  /** Records held of an input. */
  heldOf(input: number): number {
    return this.merge.held(input);
  }

  /** Whether more of an input may be fetched; where not, `onRoom` tells when it may again. */
  hasRoom(input: number): boolean {
    const room = this.merge.held(input) < mostHeld && this.heldBytes[input]! < mostHeldBytes;
    if (!room) this.full.add(input);
    return room;
  }

  /** How long it has had records without getting on, ms. */
  get stuckMs(): number {
    return this.idle ? 0 : this.env.now() - this.movedAt;
  }

  /** A fetch goes out. @returns its round, to be named with what it brings */
  nextRound(): number {
    return this.merge.nextRound();
  }

  offer(input: number, { records, atEnd, next }: Fetched, round: number): void {
    if (this.idle) this.movedAt = this.env.now();
    let bytes = 0;
    const taken = records.map((record) => {
      bytes += record.size;
      return { at: record.timestamp, input, record };
    });
    this.heldBytes[input]! += bytes;
    this.fetched[input] = next;
    this.merge.offer(input, taken, atEnd, round);
    this.signal();
  }

  close(): void {
    this.closed = true;
    this.signal();
  }

  /** Resolves once closed, everything that was stepped committed. Rejects when a transaction fails. */
  async run(): Promise<void> {
    while (!this.closed) {
      await this.gatherUntilDue();
      if (this.count > 0) this.commit();
    }
    await this.committing;
    if (this.failure) throw this.failure;
  }

  /** Gathers until the open transaction is due and the last one is through. */
  private async gatherUntilDue(): Promise<void> {
    const { commitEveryMs, now, limits } = this.env;
    let opened: number | undefined;
    for (;;) {
      const more = await this.gather(limits.records);
      if (this.failure) throw this.failure;
      if (this.count > 0) opened ??= now();
      const waiting = more && commitEveryMs === 0 ? limits.ms : commitEveryMs;
      const left = opened === undefined ? undefined : opened + waiting - now();
      const full = this.count >= limits.records;
      const due = this.closed || (left !== undefined && (this.prompt || full || left <= 0));
      if (due && !this.committing) return;
      // While the last transaction is on its way there is time for more than is due.
      if (!more || full) await this.somethingOr(due ? undefined : left);
    }
  }

  /** Steps what may be stepped. @returns whether there is more to step at once */
  private async gather(most: number): Promise<boolean> {
    const { inputs, promptInputs } = this.env;
    for (let turn = 1; this.count < most; turn++) {
      const next = this.closed ? undefined : this.merge.next();
      if (!next) return false;
      const { input, record: taken } = next;
      this.heldBytes[input]! -= taken.record.size;
      if (this.full.size > 0) this.lookForRoom(input);
      const unread = this.step(taken);
      if (unread) await this.learnAndStep(taken);
      this.count++;
      this.prompt ||= promptInputs.includes(inputs[input]!);
      // The fetching, and every other part of the process, want their turn.
      if (turn % recordsPerTurn === 0) {
        await nextTurn();
        return true;
      }
    }
    return true;
  }

  private lookForRoom(input: number): void {
    if (!this.full.delete(input) || !this.hasRoom(input)) return;
    this.env.onRoom();
  }

  /** Steps a record. @returns true when its schema has to be asked for first */
  private step(taken: Taken, asked = false): boolean {
    const { input, record } = taken;
    const topic = this.env.inputs[input]!;
    let event: unknown;
    try {
      event = this.decode(topic, record);
    } catch (error) {
      if (!asked && codeOf(error) === 'schema-unknown') return true;
      this.skip(taken, error, this.env.policy.undecodable);
      return false;
    }
    try {
      this.process(taken, event);
      this.stepped.push(taken);
    } catch (error) {
      this.poisoned(taken, error);
    }
    this.positions[input] = record.offset + 1;
    return false;
  }

  private async learnAndStep(taken: Taken): Promise<void> {
    const { learnSchema, inputs } = this.env;
    await learnSchema(inputs[taken.input]!, taken.record.value!);
    this.step(taken, true);
  }

  private process({ at, input, record: { offset } }: Taken, event: unknown): void {
    const { task } = this;
    const topic = this.env.inputs[input]!.name;
    task.muted = offset < this.mutedBelow[input]!;
    task.process(topic, event, at, { topic, partition: task.partition, offset });
  }

  private decode(topic: AnyTopic, { value }: FetchedRecord): unknown {
    return this.env.codecOf(topic).decode(value ?? Buffer.alloc(0));
  }

  /**
   * A step threw in the middle of its work. What it changed is taken back by stepping the open
   * transaction again without it; a stage with a snapshot throws before it changes anything.
   */
  private poisoned(taken: Taken, error: unknown): void {
    const { stage, policy, inputs } = this.env;
    const topic = inputs[taken.input]!;
    if (policy.poison === 'halt') {
      const { partition } = this.task;
      throw new MillraceError({
        code: 'step-failed',
        what: `A step of ${stage} failed on the record ${taken.record.offset} of ${topic.name}/${partition}.`,
        why: error instanceof Error ? (error.stack ?? error.message) : String(error),
        todo: 'Mend the step; or set ON_POISON_RECORD=skip, and the record goes to dead-letters.',
        cause: error,
      });
    }
    if (!this.task.logic.snapshot) {
      this.task.rollback();
      for (const before of this.stepped) {
        this.process(before, this.decode(inputs[before.input]!, before.record));
      }
    }
    this.skip(taken, error, policy.poison);
  }

  private skip(taken: Taken, error: unknown, policy: 'skip' | 'halt'): void {
    const { input, record } = taken;
    const { stage, inputs, counters, instruments } = this.env;
    if (policy === 'halt') throw error;
    counters.skipped++;
    instruments.skipped(stage, codeOf(error));
    if (record.offset >= this.mutedBelow[input]!) {
      this.letters.push(deadLetterOf(inputs[input]!, this.task.partition, record, error));
    }
    this.positions[input] = record.offset + 1;
  }

  /** Seals the open transaction and sends it on its way. */
  private commit(): void {
    const { now, inputs, nameOf, groupId } = this.env;
    const { partition, streamTime } = this.task;
    const records = this.count;
    const muted = this.positions.every((next, input) => next <= this.mutedBelow[input]!);
    // Past markers and aborted records, where nothing is held before them.
    for (const input of inputs.keys()) {
      if (this.merge.held(input) === 0) this.positions[input] = this.fetched[input]!;
    }
    const offsets = inputs.map((topic, input) => ({
      topic: nameOf(topic),
      partition,
      offset: this.positions[input]!,
    }));
    const outbox = this.outboxOf(this.task.seal());
    this.count = 0;
    this.stepped = [];
    this.letters = [];
    this.prompt = false;
    const started = now();
    this.movedAt = started;
    const consumed = { groupId, metadata: metadataOf(streamTime), offsets };
    const committed = muted
      ? Promise.resolve(new Map<string, number>())
      : this.producer.commit(outbox, consumed);
    this.committing = committed
      .then(
        (ends) => this.committed(ends, records, now() - started),
        (error: unknown) => {
          this.failure = error;
          this.env.instruments.aborted(this.env.stage, partition);
        },
      )
      .finally(() => {
        this.committing = undefined;
        this.signal();
      });
  }

  private committed(ends: ReadonlyMap<string, number>, records: number, ms: number): void {
    const { counters, instruments, nameOf, stage, now } = this.env;
    const { partition } = this.task;
    this.task.commit(({ changelog }) => ends.get(`${nameOf(changelog)}/${partition}`));
    this.movedAt = now();
    counters.processed += records;
    counters.commits++;
    counters.commitMs += 0.1 * (ms - counters.commitMs);
    instruments.committed(stage, partition, records, ms / 1000);
  }

  private outboxOf({ outputs, changelog }: Sealed): Outbox {
    const { codecOf, nameOf, partitionsOf, policy } = this.env;
    const { partition, streamTime } = this.task;
    const outbox = new Outbox(policy.maxRecordBytes);
    const add = ({ topic, event }: Output) => {
      const where = { of: partitionsOf(topic) };
      const key = topic.keyOf(event);
      outbox.add(nameOf(topic), where, key, topic.timeOf(event), codecOf(topic), event);
    };
    for (const output of outputs) {
      try {
        add(output);
      } catch (error) {
        if (codeOf(error) !== 'record-too-large' || policy.oversized === 'halt') throw error;
        this.letters.push(this.unwritten(output, error));
      }
    }
    for (const letter of this.letters) add(letter);
    for (const { store, changes } of changelog) {
      const topic = store.changelog;
      const name = nameOf(topic);
      const codec = codecOf(topic);
      for (const [key, value] of changes) {
        // A deletion has no time of its own; the stream's is as good as any.
        const time = value === null ? streamTime : topic.timeOf(value);
        outbox.add(name, { partition }, key, time, codec, value);
      }
    }
    return outbox;
  }

  private unwritten({ topic, event }: Output, error: unknown): Output {
    const { counters, instruments, stage, codecOf } = this.env;
    counters.skipped++;
    instruments.skipped(stage, codeOf(error));
    return unwrittenOf(topic, this.task.partition, event, codecOf(topic).encode(event), error);
  }

  private get holds(): boolean {
    return this.env.inputs.some((_, input) => this.merge.held(input) > 0);
  }

  private signal(): void {
    this.more = true;
    this.wake?.();
  }

  /** Waits for news, or so many milliseconds. */
  private async somethingOr(ms?: number): Promise<void> {
    if (!this.more) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.wake = resolve;
      const timer = ms === undefined ? undefined : setTimeout(resolve, Math.max(0, ms));
      await promise;
      clearTimeout(timer);
      this.wake = undefined;
    }
    this.more = false;
  }
}
