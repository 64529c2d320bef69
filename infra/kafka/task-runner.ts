// Runs one task: merges what was fetched, steps it in memory, commits it in one transaction.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KafkaMessage, Producer } from 'kafkajs';
import type { Codec } from '../../schemas/codec.ts';
import { codeOf } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { Merge } from '../../streams/merge.ts';
import type { Task } from '../../streams/task.ts';
import { addToOutbox, commitTransaction, type Offsets, type Outbox } from './transaction.ts';

export interface CommitLimits {
  /** Records in a transaction at the most. @default 8000 */
  readonly records: number;
  /** Time a transaction gathers records at the most, ms; with nothing left to do it commits at once. @default 300 */
  readonly ms: number;
}

export interface TaskEnvironment {
  readonly groupId: string;
  readonly inputs: readonly AnyTopic[];
  readonly codecOf: (topic: AnyTopic) => Codec;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly limits: CommitLimits;
  /** Fetches from several brokers overlap. */
  readonly severalBrokers: boolean;
  /** Time a transaction waits for more, ms … */
  readonly commitEveryMs: number;
  /** … unless it carries the answer to a record of one of these. */
  readonly promptInputs: readonly AnyTopic[];
  readonly now: () => number;
  readonly counters: StageCounters;
  /** More room in the buffer of an input. */
  readonly onRoom: (runner: TaskRunner, input: number) => void;
}

export interface StageCounters {
  processed: number;
  commits: number;
  skipped: number;
  /** Time spent in the last commits, ms, exponentially smoothed. */
  commitMs: number;
}

interface Fetched {
  readonly at: number;
  readonly offset: number;
  readonly message: KafkaMessage;
}

/** Records held of an input before its fetching pauses, and below which it goes on. */
export const highWater = 20_000;
const lowWater = 5_000;

/** Bytes of an unreadable record that go into its dead letter. */
const deadLetterBytes = 500_000;

export class TaskRunner {
  readonly task: Task;
  readonly merge: Merge<Fetched>;
  private readonly env: TaskEnvironment;
  private readonly producer: Producer;
  private readonly positions: number[];
  /** Next offset to take from a fetch, by input: what was offered before is not taken twice. */
  private readonly offered: number[];
  /** Offsets below which outputs were committed before a restart, by input. */
  private readonly mutedBelow: number[];
  private wake: (() => void) | undefined;
  private closed = false;
  private busy = false;
  /** A round has come since it was last waited for. */
  private more = false;
  /** Somebody waits for what came of a record in the open transaction. */
  private prompt = false;
  private readonly skipped: { topic: AnyTopic; event: unknown }[] = [];

  constructor(env: TaskEnvironment, task: Task, producer: Producer, start: readonly number[]) {
    this.env = env;
    this.task = task;
    this.producer = producer;
    this.positions = [...start];
    this.offered = [...start];
    this.mutedBelow = env.inputs.map(() => 0);
    this.merge = new Merge(env.inputs.length, env.severalBrokers ? 1 : 0);
  }

  /** Nothing is held, and no transaction is open. */
  get idle(): boolean {
    return !this.busy && this.env.inputs.every((_, input) => this.merge.held(input) === 0);
  }

  muteBelow(input: number, offset: number): void {
    this.mutedBelow[input] = offset;
  }

  offer(input: number, messages: readonly KafkaMessage[], atEnd: boolean): void {
    const fetched = messages
      .map((message) => ({
        at: Number(message.timestamp),
        offset: Number(message.offset),
        message,
      }))
      .filter(({ offset }) => offset >= this.offered[input]!);
    if (fetched.length > 0) this.offered[input] = fetched.at(-1)!.offset + 1;
    this.merge.offer(input, fetched, atEnd);
  }

  /** A round of fetching is complete: what it brought may be merged. */
  nextRound(): void {
    this.merge.nextRound();
    this.more = true;
    this.wake?.();
  }

  close(): void {
    this.closed = true;
    this.wake?.();
  }

  /** Resolves once closed, the open transaction finished. Rejects when a transaction fails. */
  async run(): Promise<void> {
    while (!this.closed) {
      this.busy = true;
      const processed = await this.gatherUntilDue();
      if (processed > 0) await this.commit(processed);
      this.busy = false;
      if (processed === 0) await this.moreOr();
    }
  }

  /** Where commits shall be rare, what comes until the next one is due goes with it. */
  private async gatherUntilDue(): Promise<number> {
    const { commitEveryMs, now, limits } = this.env;
    const due = now() + commitEveryMs;
    this.prompt = false;
    let processed = await this.gather();
    while (processed > 0 && processed < limits.records && !this.prompt && !this.closed) {
      const left = due - now();
      if (left <= 0) break;
      await this.moreOr(left);
      processed += await this.gather();
    }
    return processed;
  }

  /** Waits for another round of fetching, or so many milliseconds. */
  private async moreOr(ms?: number): Promise<void> {
    if (this.closed) return;
    if (!this.more) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.wake = resolve;
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      await promise;
      clearTimeout(timer);
      this.wake = undefined;
    }
    this.more = false;
  }

  private async gather(): Promise<number> {
    const { limits, now, inputs } = this.env;
    const until = now() + limits.ms;
    let count = 0;
    while (count < limits.records && !this.closed) {
      const next = this.merge.next();
      if (!next) break;
      const held = this.merge.held(next.input);
      if (held === lowWater) this.env.onRoom(this, next.input);
      const topic = inputs[next.input]!;
      this.process(topic, next.input, next.record);
      this.prompt ||= this.env.promptInputs.includes(topic);
      count++;
      if (count % 256 === 0) {
        if (now() > until) break;
        await nextTurn(); // the fetching, and every other part of the process, want their turn
      }
    }
    return count;
  }

  private process(topic: AnyTopic, input: number, { at, offset, message }: Fetched): void {
    const { task } = this;
    const muted = offset < this.mutedBelow[input]!;
    task.muted = muted;
    let event: unknown;
    try {
      event = this.env.codecOf(topic).decode(message.value ?? Buffer.alloc(0));
    } catch (error) {
      this.env.counters.skipped++;
      if (!muted) this.skip(topic, at, offset, message, error);
      this.positions[input] = offset + 1;
      return;
    }
    const { partition } = task;
    task.process(topic.name, event, at, { topic: topic.name, partition, offset });
    this.positions[input] = offset + 1;
  }

  private skip(
    topic: AnyTopic,
    at: number,
    offset: number,
    message: KafkaMessage,
    error: unknown,
  ): void {
    const letter = {
      at,
      origin: topic.name,
      partition: this.task.partition,
      offset,
      line: null,
      code: codeOf(error),
      reason: error instanceof Error ? error.message : String(error),
      key: message.key?.toString() ?? null,
      // A record as large as the broker allows would not fit a second time, with its reason.
      data: (message.value ?? Buffer.alloc(0)).subarray(0, deadLetterBytes),
    };
    this.skipped.push({ topic: deadLetters, event: letter });
  }

  private async commit(processed: number): Promise<void> {
    const { groupId, counters, now, inputs, nameOf } = this.env;
    const started = now();
    const partition = this.task.partition;
    const muted = this.positions.every((next, input) => next <= this.mutedBelow[input]!);
    const outbox = this.outbox();
    if (!muted) {
      const offsets: Offsets[] = inputs.map((topic, input) => ({
        topic: nameOf(topic),
        partition,
        offset: this.positions[input]!,
      }));
      await commitTransaction(this.producer, outbox, groupId, offsets);
    }
    this.task.commit();
    this.skipped.length = 0;
    counters.processed += processed;
    counters.commits++;
    counters.commitMs += 0.1 * (now() - started - counters.commitMs);
  }

  private outbox(): Outbox {
    const { codecOf, nameOf } = this.env;
    const outbox: Outbox = new Map();
    const { outputs, changelog } = this.task.seal();
    for (const { topic, event } of [...outputs, ...this.skipped]) {
      addToOutbox(outbox, nameOf(topic), {
        key: topic.keyOf(event),
        value: codecOf(topic).encode(event),
        timestamp: String(topic.timeOf(event)),
      });
    }
    for (const { store, changes } of changelog) {
      const topic = store.changelog;
      for (const [key, value] of changes) {
        addToOutbox(outbox, nameOf(topic), {
          key,
          value: value === null ? null : codecOf(topic).encode(value),
          partition: this.task.partition,
          // A deletion has no time of its own; the stream's is as good as any.
          timestamp: String(value === null ? this.task.streamTime : topic.timeOf(value)),
        });
      }
    }
    return outbox;
  }
}
