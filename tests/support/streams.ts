// A pipeline on the shared broker, under a prefix of its own.
import { randomUUID } from 'node:crypto';
import type { Message } from 'kafkajs';
import { pino } from 'pino';
import { connectKafka, type KafkaAddress } from '../../infra/kafka/connect.ts';
import { Pipeline, type PipelineOptions } from '../../infra/kafka/pipeline.ts';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import { ensureTopics, topicName } from '../../infra/kafka/topics.ts';
import type { RegistryAddress } from '../../infra/registry/client.ts';
import { registerSchemas } from '../../infra/registry/registry.ts';
import { topics as declared } from '../../schemas/index.ts';
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import type { Topology } from '../../streams/engine/topology.ts';
import type { Infra } from './containers.ts';
import { startInfra } from './infra.ts';

export interface Event {
  readonly topic: AnyTopic;
  readonly event: unknown;
  readonly partition?: number;
}

/**
 * Topics, schemas and clients for one test; `partitions` of the topics keyed by user.
 * @param infra a broker and a registry of the test's own. @default those that the run shares
 * @param prefix of the topics. @default one that no other test has
 * @param own topics to have beside those of Millrace
 * @param address of the brokers, with certificates and login. @default that of `infra`
 * @param registry address of the registry, with its login. @default that of `infra`
 */
export async function testStreams(
  partitions = 1,
  infra?: Infra,
  prefix = `t${randomUUID().slice(0, 8)}-`,
  own: readonly AnyTopic[] = [],
  address?: KafkaAddress,
  registry?: RegistryAddress,
) {
  const { brokers, registryUrl } = infra ?? (await startInfra());
  const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
  const kafka = connectKafka(address ?? { brokers: brokers.split(',') }, log);
  const layout = { prefix, partitions };
  const topics = [...declared, ...own];
  const nameOf = (topic: AnyTopic) => topicName(topic, layout);
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopics(admin, topics, layout);
  await admin.disconnect();
  const codecs = await registerSchemas(registry ?? { url: registryUrl }, layout.prefix, topics);
  const shared = { kafka, codecs, nameOf, application: `${layout.prefix}millrace`, log };

  return {
    ...shared,
    registryUrl,
    layout,
    /** A pipeline over these topics; not started. */
    pipeline: (topology: Topology, options: Partial<PipelineOptions> = {}) =>
      new Pipeline({ ...shared, topology, ...options }),
    /** Writes records as they are, in order. */
    async write(topic: AnyTopic, messages: Message[]): Promise<void> {
      const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      await producer.send({ topic: nameOf(topic), messages });
      await producer.disconnect();
    },
    /** Writes events in order. */
    async send(events: readonly Event[]): Promise<void> {
      const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
      try {
        await producer.connect();
        // The client groups messages in quadratic time, so not too many at once.
        for (let from = 0; from < events.length; from += 1_000) {
          const byTopic = Map.groupBy(events.slice(from, from + 1_000), ({ topic }) => topic);
          const topicMessages = [...byTopic].map(([topic, of]) => ({
            topic: nameOf(topic),
            messages: of.map(({ event, partition }) => ({
              key: topic.keyOf(event),
              value: event instanceof Buffer ? event : codecs.of(topic).encode(event),
              ...(partition === undefined ? {} : { partition }),
            })),
          }));
          await producer.sendBatch({ topicMessages });
        }
      } finally {
        await producer.disconnect();
      }
    },
    /** The committed events of a topic, by partition and offset. */
    async committed<T extends AnyTopic>(topic: T): Promise<EventOf<T>[]> {
      const events: EventOf<T>[] = [];
      await using reader = await readTopics({
        kafka,
        log,
        topics: [nameOf(topic)],
        onRecords: async (_name, _partition, records) => {
          for (const { value } of records) {
            if (value) events.push((await codecs.decode(topic, value)) as EventOf<T>);
          }
        },
      });
      await reader.caughtUp;
      return events;
    },
    /** What a compacted topic holds in the end, by key. */
    async held<T extends AnyTopic>(topic: T): Promise<Map<string, EventOf<T>>> {
      const held = new Map<string, EventOf<T>>();
      await using reader = await readTopics({
        kafka,
        log,
        topics: [nameOf(topic)],
        onRecords: async (_name, _partition, records) => {
          for (const { key, value } of records) {
            if (value) held.set(String(key), (await codecs.decode(topic, value)) as EventOf<T>);
            else held.delete(String(key));
          }
        },
      });
      await reader.caughtUp;
      return held;
    },
  };
}
