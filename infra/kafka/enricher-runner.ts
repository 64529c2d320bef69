// Runs an enricher: reads its topics in a group of its own, commits an offset once its event is
// handled, and writes what comes of it. At least once; the keys of what it writes make twice harmless.
import type { Admin, Consumer, Kafka, Producer, TopicPartitionOffset } from 'kafkajs';
import type { Logger } from 'pino';
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import type { Enricher, EnricherDef, EnricherPorts } from '../../streams/enrichers/enricher.ts';
import type { Codecs } from '../registry/registry.ts';
import { groupOffsets } from './committed.ts';
import { patience } from './connect.ts';
import { readable } from './readable.ts';
import { defaultTiming } from './timing.ts';

export interface EnricherRunnerOptions {
  readonly kafka: Kafka;
  readonly application: string;
  readonly def: EnricherDef;
  readonly ports: Omit<EnricherPorts, 'emit'>;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
  readonly onCrash: (error: Error) => void;
  /** An event was handled, its results written. */
  readonly onHandled?: ((topic: AnyTopic, event: unknown) => void) | undefined;
}

/** Time between two commits of offsets, ms; what came after the last one is handled again. */
const commitEveryMs = 1_000;

export class EnricherRunner implements AsyncDisposable {
  readonly name: string;
  processed = 0;
  private readonly options: EnricherRunnerOptions;
  private readonly consumer: Consumer;
  private readonly producer: Producer;
  private readonly admin: Admin;
  private readonly enricher: Enricher;
  private readonly positions = new Map<string, bigint>();
  /** Offsets to commit, by topic and partition. */
  private handled = new Map<string, TopicPartitionOffset>();
  private timer: NodeJS.Timeout | undefined;

  constructor(options: EnricherRunnerOptions) {
    const { kafka, application, def } = options;
    this.options = options;
    this.name = def.name;
    this.admin = kafka.admin();
    this.producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    this.consumer = kafka.consumer({
      groupId: `${application}-${def.name}`,
      ...(def.prompt ? { maxWaitTimeInMs: 100 } : { minBytes: 1 << 20, maxWaitTimeInMs: 500 }),
      sessionTimeout: defaultTiming.sessionTimeoutMs,
      heartbeatInterval: defaultTiming.heartbeatIntervalMs,
      retry: patience,
    });
    this.enricher = def.create({
      ...options.ports,
      emit: (topic, events) => this.emit(topic, events),
    });
  }

  get counts(): Readonly<Record<string, number>> {
    return this.enricher.counts;
  }

  async start(): Promise<void> {
    const { consumer, producer, admin } = this;
    const { def, nameOf, codecs, log, onCrash, onHandled } = this.options;
    await Promise.all([consumer.connect(), producer.connect(), admin.connect()]);
    const byName = new Map(def.inputs.map((topic) => [nameOf(topic), topic]));
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.lastOffset === null) return;
      this.positions.set(`${payload.topic}/${payload.partition}`, BigInt(payload.lastOffset) + 1n);
    });
    // What another member took over is no longer ours to commit.
    consumer.on(consumer.events.GROUP_JOIN, () => this.handled.clear());
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) onCrash(payload.error);
    });
    await this.readCommitted([...byName.keys()]);
    this.timer = setInterval(() => void this.commit().catch(() => {}), commitEveryMs);
    await consumer.subscribe({ topics: [...byName.keys()], fromBeginning: true });
    await consumer.run({
      // The client would commit after every batch, however small.
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset, heartbeat, isRunning, isStale }) => {
        const topic = byName.get(batch.topic)!;
        const place = { topic, partition: batch.partition };
        for (const message of batch.messages) {
          const { value, offset } = message;
          if (!isRunning() || isStale()) return;
          const event = value && (await readable(codecs, place, message, log));
          if (event) {
            const handled = this.enricher.onEvent(topic.name, event);
            if (handled) await handled;
            onHandled?.(topic, event);
          }
          this.processed++;
          resolveOffset(offset);
          this.handled.set(`${batch.topic}/${batch.partition}`, {
            topic: batch.topic,
            partition: batch.partition,
            offset: String(BigInt(offset) + 1n),
          });
          if (this.processed % 64 === 0) await heartbeat();
        }
      },
    });
  }

  /** Events not handled yet, by the ends of the inputs as they are now. */
  async lag(): Promise<number> {
    let lag = 0n;
    for (const topic of this.options.def.inputs) {
      const name = this.options.nameOf(topic);
      for (const { partition, low, high } of await this.admin.fetchTopicOffsets(name)) {
        lag += BigInt(high) - (this.positions.get(`${name}/${partition}`) ?? BigInt(low));
      }
    }
    return Number(lag);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.timer);
    // What was handled since the last commit would be handled again: harmless, but a waste.
    await this.commit().catch(() => {});
    await this.consumer.disconnect();
    await Promise.all([this.producer.disconnect(), this.admin.disconnect()]);
  }

  /** Where the group stands: what it handled in an earlier life is no lag in this one. */
  private async readCommitted(topics: string[]): Promise<void> {
    const groupId = `${this.options.application}-${this.name}`;
    for (const { topic, partitions } of await groupOffsets(this.admin, groupId, topics)) {
      for (const { partition, offset } of partitions) {
        if (BigInt(offset) >= 0n) this.positions.set(`${topic}/${partition}`, BigInt(offset));
      }
    }
  }

  private async commit(): Promise<void> {
    const handled = this.handled;
    this.handled = new Map();
    if (handled.size === 0) return;
    try {
      await this.consumer.commitOffsets([...handled.values()]);
    } catch (error) {
      this.handled = new Map([...handled, ...this.handled]);
      throw error;
    }
  }

  private async emit<T extends AnyTopic>(topic: T, events: readonly EventOf<T>[]): Promise<void> {
    const codec = this.options.codecs.of(topic);
    await this.producer.send({
      topic: this.options.nameOf(topic),
      messages: events.map((event) => ({
        key: (topic as AnyTopic).keyOf(event),
        value: codec.encode(event),
        timestamp: String((topic as AnyTopic).timeOf(event)),
      })),
    });
  }
}
