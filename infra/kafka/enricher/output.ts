// Writes what an enricher emits: its results, and dead letters for events that it has skipped.
import type { Kafka, Message, Producer } from 'kafkajs';
import type { MillraceError } from '../../../schemas/errors.ts';
import type { AnyTopic, EventOf } from '../../../schemas/topic.ts';
import { unwrittenOf } from '../../../streams/engine/dead-letter.ts';
import type { Output } from '../../../streams/engine/task.ts';
import { type Tracing, traceHeader } from '../../../streams/engine/tracing.ts';
import type { Codecs } from '../../registry/registry.ts';
import type { ErrorPolicy } from '../errors-policy.ts';
import { refusedBatch, tooLarge } from '../failures.ts';

export interface EnricherOutputOptions {
  readonly kafka: Kafka;
  /** Name of the enricher. */
  readonly name: string;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly policy: ErrorPolicy;
  /** @default nobody follows traces */
  readonly tracing?: Pick<Tracing, 'carried'> | undefined;
  /** Called when an output was too large and has become a dead letter. */
  readonly onSkipped: (error: MillraceError) => void;
}

export class EnricherOutput implements AsyncDisposable {
  private readonly options: EnricherOutputOptions;
  private readonly producer: Producer;

  constructor(options: EnricherOutputOptions) {
    this.options = options;
    // Not idempotent: what is written twice does no harm here, while a record that follows one whose
    // answer was lost would be taken for it and be lost (kafkajs 2.2.4 uses its number again).
    this.producer = options.kafka.producer({
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
  }

  connect(): Promise<void> {
    return this.producer.connect();
  }

  /**
   * Writes events; resolves once the broker has them all.
   * @throws MillraceError `record-too-large`; the client's errors
   */
  async emit<T extends AnyTopic>(topic: T, events: readonly EventOf<T>[]): Promise<void> {
    const written = events.map((event) => this.written({ topic, event }));
    const byTopic = Map.groupBy(written, (one) => one.topic);
    const topicMessages = [...byTopic].map(([topic, of]) => ({
      topic,
      messages: of.map(({ message }) => message),
    }));
    try {
      await this.producer.sendBatch({ topicMessages });
    } catch (error) {
      throw refusedBatch(error, `the enricher ${this.options.name}`) ?? error;
    }
  }

  /** The record that an output becomes; if it is too large, its dead letter. */
  private written({ topic, event }: Output): { topic: string; message: Message } {
    const { codecs, policy, onSkipped, nameOf, tracing } = this.options;
    const most = policy.maxRecordBytes;
    const key = topic.keyOf(event);
    const value = codecs.of(topic).encode(event);
    const bytes = Buffer.byteLength(key) + value.length;
    if (bytes <= most) {
      // Without a timestamp: the client gives the clock's.
      const trace = tracing?.carried();
      const headers = trace === undefined ? {} : { headers: { [traceHeader]: trace } };
      return { topic: nameOf(topic), message: { key, value, ...headers } };
    }
    const error = tooLarge(nameOf(topic), key, bytes, most);
    if (policy.oversized === 'halt') throw error;
    onSkipped(error);
    return this.written(
      unwrittenOf({ topic, partition: null, by: this.options.name }, event, value, error, most),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.producer.disconnect();
  }
}
