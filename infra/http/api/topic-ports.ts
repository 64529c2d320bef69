// The ports over the topics: a request is written, and its impression waited for as any other reader of
// `impressions` would. It serves a process that decides nothing itself.
import '../../../streams/engine/disposable-stack.ts';
import type { Kafka, Message, Producer } from 'kafkajs';
import type { Logger } from 'pino';
import type { AnyTopic } from '../../../schemas/topic.ts';
import { type Click, clicks } from '../../../schemas/topics/clicks.ts';
import { type Impression, impressions } from '../../../schemas/topics/impressions.ts';
import { items } from '../../../schemas/topics/items.ts';
import { type Request, requests } from '../../../schemas/topics/requests.ts';
import { traceHeader } from '../../../streams/engine/tracing.ts';
import { forPeople } from '../../kafka/failures.ts';
import { Fetcher } from '../../kafka/fetcher.ts';
import { endsOf } from '../../kafka/read-to-end.ts';
import type { FetchedRecord } from '../../kafka/wire/batch-reader.ts';
import type { Codecs } from '../../registry/registry.ts';
import { within } from './deadline.ts';
import type { Call, FeedbackStatus, ItemChange, Ports, Recommended } from './ports.ts';

export interface TopicPortsOptions {
  readonly kafka: Kafka;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
}

type Waiting = PromiseWithResolvers<Impression>;

/** Somebody waits, so each fetch returns with the first record. */
const limits = { minBytes: 1, maxWaitMs: 500, maxBytes: 32 << 20, maxBytesPerPartition: 4 << 20 };

/** Headers of the records that a call becomes. */
const headersOf = ({ traceParent }: Call): Record<string, string> =>
  traceParent === undefined ? {} : { [traceHeader]: traceParent };

export class TopicPorts implements Ports, AsyncDisposable {
  private readonly options: TopicPortsOptions;
  private readonly producer: Producer;
  private readonly waiting = new Map<string, Waiting>();
  private connecting: Promise<void> | undefined;
  private reading: Promise<Fetcher> | undefined;

  /** Connects at the first call. */
  constructor(options: TopicPortsOptions) {
    this.options = options;
    this.producer = options.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  }

  async recommend(request: Request, call: Call): Promise<Recommended> {
    const { requestId, userId } = request;
    const answer = this.waiting.get(requestId) ?? Promise.withResolvers<Impression>();
    answer.promise.catch(() => {});
    this.waiting.set(requestId, answer);
    try {
      const value = this.options.codecs.of(requests).encode(request);
      await within(call, this.read());
      await within(call, this.write(requests, [{ key: userId, value, headers: headersOf(call) }]));
      return { impression: await within(call, answer.promise), logged: true, repeated: false };
    } finally {
      this.waiting.delete(requestId);
    }
  }

  async feedback(events: readonly Click[], call: Call): Promise<readonly FeedbackStatus[]> {
    const codec = this.options.codecs.of(clicks);
    const headers = headersOf(call);
    const messages = events.map((click) => ({
      ...{ key: click.userId, value: codec.encode(click), headers },
    }));
    await within(call, this.write(clicks, messages));
    return events.map(() => 'written');
  }

  async items(changes: readonly ItemChange[], call: Call): Promise<void> {
    const codec = this.options.codecs.of(items);
    const messages = changes.map(({ itemId, item }) => ({
      key: itemId,
      value: item && codec.encode(item),
    }));
    await within(call, this.write(items, messages));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reader = await this.reading?.catch(() => undefined);
    await Promise.allSettled([reader?.[Symbol.asyncDispose](), this.producer.disconnect()]);
  }

  private async write(topic: AnyTopic, messages: Message[]): Promise<void> {
    this.connecting ??= this.producer.connect();
    try {
      await this.connecting;
      await this.producer.send({ topic: this.options.nameOf(topic), messages });
    } catch (error) {
      this.connecting = undefined;
      throw forPeople(error);
    }
  }

  /** Reads impressions from now on. */
  private read(): Promise<Fetcher> {
    this.reading ??= this.openReader().catch((error: unknown) => {
      this.reading = undefined;
      throw forPeople(error);
    });
    return this.reading;
  }

  private async openReader(): Promise<Fetcher> {
    const { kafka, nameOf, log } = this.options;
    const admin = kafka.admin();
    await admin.connect();
    const ends = await endsOf(admin, [nameOf(impressions)]).finally(() => admin.disconnect());
    const fetcher = new Fetcher({ kafka, log, limits, onFailed: (error) => this.failed(error) });
    await fetcher.read(
      ends.map(({ topic, partition, high }) => ({
        ...{ topic, partition, from: high },
        onFetched: ({ records }) => void this.take(records),
      })),
    );
    return fetcher;
  }

  /** The next request opens another reader. */
  private failed(error: unknown): void {
    void this.reading?.then((reader) => reader[Symbol.asyncDispose]());
    this.reading = undefined;
    for (const { reject } of this.waiting.values()) reject(forPeople(error));
  }

  private async take(records: readonly FetchedRecord[]): Promise<void> {
    for (const { value } of records) {
      if (value === null || this.waiting.size === 0) continue;
      try {
        const event = await this.options.codecs.decode(impressions, value);
        const impression = event as Impression;
        this.waiting.get(impression.requestId ?? '')?.resolve(impression);
      } catch (error) {
        this.options.log.debug({ error: String(error) }, 'an impression of others is left out');
      }
    }
  }
}
