// Runs an enricher: reads its topics in a group of its own, one event after the other, commits an offset
// once its event is handled, and writes what comes of it. At least once; the keys of what it writes make
// twice harmless. While an event is being handled nothing more is fetched.
import {
  type Admin,
  type Batch,
  type Consumer,
  type EachBatchPayload,
  type Kafka,
  PartitionAssigners,
} from 'kafkajs';
import type { Logger } from 'pino';
import { codeOf } from '../../../schemas/errors.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import { positions } from '../../../schemas/topics/positions.ts';
import type { Enricher, EnricherDef } from '../../../streams/engine/enricher.ts';
import { handlersByInput } from '../../../streams/engine/handlers.ts';
import type { TableSet } from '../../../streams/engine/table.ts';
import type { Tracing } from '../../../streams/engine/tracing.ts';
import type { Codecs } from '../../registry/registry.ts';
import { isClientError } from '../broker-errors.ts';
import { systemClock } from '../clock.ts';
import { coPartitionAssigner } from '../co-partition-assigner.ts';
import { clientRetry } from '../connect.ts';
import { type ErrorPolicy, latestBy } from '../errors-policy.ts';
import { stageFailed } from '../failures.ts';
import type { Instruments } from '../instruments.ts';
import { readPositions } from '../positions.ts';
import type { MembershipTiming } from '../timing.ts';
import { Interrupted } from './attempt.ts';
import { EventHandler } from './handler.ts';
import { EnricherOffsets, type Missing } from './offsets.ts';
import { EnricherOutput } from './output.ts';

export interface EnricherRunnerOptions {
  readonly kafka: Kafka;
  readonly application: string;
  readonly def: EnricherDef;
  readonly tables: TableSet;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
  readonly policy: ErrorPolicy;
  readonly timing: MembershipTiming;
  readonly instruments: Instruments;
  /** @default nobody follows traces */
  readonly tracing?: Tracing | undefined;
  /** Called when the enricher cannot go on. */
  readonly onFailed: (error: unknown) => void;
  /** Called when an event was handled and its results written. */
  readonly onHandled?: ((topic: AnyTopic, event: unknown) => void) | undefined;
}

/**
 * Time between two commits of offsets, ms. After a crash, what was handled since the last one is
 * handled again.
 */
const commitEveryMs = 1_000;

/** Number of events handled between two heartbeats. */
const eventsPerBeat = 64;

/** The part of a batch that the client has and does not declare (kafkajs 2.2.4). */
interface Asked {
  /** Offset that was asked for. */
  readonly fetchedOffset: string;
}

export class EnricherRunner implements AsyncDisposable {
  readonly name: string;
  processed = 0;
  private readonly options: EnricherRunnerOptions;
  private readonly groupId: string;
  private readonly consumer: Consumer;
  private readonly admin: Admin;
  private readonly enricher: Enricher;
  private readonly output: EnricherOutput;
  private readonly offsets: EnricherOffsets;
  private readonly handler: EventHandler;
  private readonly inputs: ReadonlyMap<string, AnyTopic>;
  private readonly stopping = new AbortController();
  /** Number of times the consumer has ended and not come back by joining its group. */
  private crashes = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Resolves once it is known what is missing of the partitions that the group gave last. */
  private joined: Promise<void> = Promise.resolve();

  constructor(options: EnricherRunnerOptions) {
    const { kafka, application, def, timing, nameOf, instruments } = options;
    const { name } = def;
    const groupId = `${application}-${name}`;
    this.options = options;
    this.name = name;
    this.groupId = groupId;
    this.inputs = new Map(def.inputs.map((topic) => [nameOf(topic), topic]));
    this.admin = kafka.admin();
    this.consumer = kafka.consumer({
      groupId,
      // What a user said and what they were shown come to the same member. Beside members of before,
      // which know only the other way, that one is taken.
      partitionAssigners: [coPartitionAssigner(() => []), PartitionAssigners.roundRobin],
      ...(def.prompt ? { maxWaitTimeInMs: 100 } : { minBytes: 1 << 20, maxWaitTimeInMs: 500 }),
      sessionTimeout: timing.sessionTimeoutMs,
      heartbeatInterval: timing.heartbeatIntervalMs,
      retry: clientRetry,
    });
    this.offsets = new EnricherOffsets(this.consumer, this.admin, groupId, [...this.inputs.keys()]);
    const onSkipped = ({ code }: { code: string }) => instruments.skipped(name, code);
    this.output = new EnricherOutput({ ...options, name, onSkipped });
    this.enricher = def.create({
      tables: options.tables.for(def),
      emit: (topic, events) => this.output.emit(topic, events),
    });
    const handlers = handlersByInput(def, this.enricher.handlers);
    const { output } = this;
    const { signal } = this.stopping;
    const latest = latestBy(options.policy, systemClock);
    this.handler = new EventHandler({ ...options, name, handlers, output, signal, latest });
  }

  /** Whether it takes events. */
  get running(): boolean {
    return this.timer !== undefined && !this.stopping.signal.aborted;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.enricher.counts;
  }

  async start(): Promise<void> {
    const { consumer, output, admin, offsets } = this;
    await Promise.all([consumer.connect(), output.connect(), admin.connect()]);
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      const { topic, partition, lastOffset } = payload;
      if (lastOffset !== null) offsets.passed(topic, partition, lastOffset);
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      this.crashes = 0;
      offsets.forget();
      this.joined = offsets.join(memberAssignment).then((missing) => this.goPast(missing));
      // Whatever else failed is heard of with the next batch.
      this.joined.catch((error: unknown) => codeOf(error) === 'input-gap' && this.fail(error));
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart || ++this.crashes > this.options.policy.retries) this.fail(error);
    });
    await offsets.read(await readPositions(this.options, this.groupId));
    this.timer = setInterval(() => void this.commit().catch(() => {}), commitEveryMs);
    await consumer.subscribe({ topics: [...this.inputs.keys()], fromBeginning: true });
    await consumer.run({
      // The client would commit after every batch, however small.
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.handleBatch(payload),
    });
  }

  /** Number of events not handled yet, by the ends of the inputs as they are now. */
  lag(): Promise<number> {
    return this.offsets.lag();
  }

  /**
   * Stops the enricher. An event that is being handled is given up; its offset is not committed, so
   * it is handled again.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    // What was handled since the last commit would be handled again: harmless, but a waste.
    await this.commit().catch(() => {});
    await this.consumer.disconnect();
    await Promise.all([this.output[Symbol.asyncDispose](), this.admin.disconnect()]);
  }

  private commit(): Promise<void> {
    return this.offsets.commit((kept) => this.output.emit(positions, kept));
  }

  private async handleBatch({
    batch,
    resolveOffset,
    heartbeat,
    isRunning,
    isStale,
  }: EachBatchPayload): Promise<void> {
    const { topic: name, partition, messages } = batch;
    const { signal } = this.stopping;
    const place = { topic: this.inputs.get(name)!, partition };
    try {
      await this.joined;
      const asked = Number((batch as Batch & Asked).fetchedOffset);
      await this.goPast(await this.offsets.missingBefore(name, partition, asked), heartbeat);
    } catch (error) {
      if (isClientError(error)) throw error; // the client joins again
      return this.giveUp(error);
    }
    for (const message of messages) {
      if (!isRunning() || isStale() || signal.aborted) return;
      try {
        await this.handler.handle(place, message, heartbeat);
      } catch (error) {
        return this.giveUp(error);
      }
      this.processed++;
      resolveOffset(message.offset);
      this.offsets.done(name, partition, message.offset);
      if (this.processed % eventsPerBeat === 0) await heartbeat();
    }
  }

  /** Goes past input that is not there any more. @throws MillraceError `input-gap` */
  private async goPast(missing: readonly Missing[], beat = async () => {}): Promise<void> {
    for (const gap of missing) {
      await this.handler.missed(this.inputs.get(gap.topic)!, gap, beat);
      const last = String(gap.to - 1);
      this.offsets.passed(gap.topic, gap.partition, last);
      this.offsets.done(gap.topic, gap.partition, last);
    }
  }

  /** @throws what interrupted the work, for the client to begin anew */
  private giveUp(error: unknown): void {
    if (!(error instanceof Interrupted)) this.fail(error);
    else if (!this.stopping.signal.aborted) throw error.cause;
  }

  /** Takes no more events; the offsets of those handled are committed at the end. */
  private fail(error: unknown): void {
    this.stopping.abort();
    try {
      this.consumer.pause([...this.inputs.keys()].map((topic) => ({ topic })));
    } catch {
      // A consumer that was refused, or has left, reads nothing anyway.
    }
    this.options.onFailed(stageFailed(this.name, error));
  }
}
