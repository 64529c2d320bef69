// Topics of a benchmark: made, filled, dropped.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Message, Producer } from 'kafkajs';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type BenchData, flushOf } from '../attribute/data.ts';
import { benchClicks, benchCodecs, benchImpressions } from '../attribute/topics.ts';
import type { BenchBroker } from './broker.ts';

/** Number of partitions of every topic: as many tasks, on either side. */
export const partitions = 2;

/** Makes topics from which no record is dropped by age, since the data's times are in the past. */
export async function createTopics(
  admin: Admin,
  names: readonly string[],
  config: Readonly<Record<string, string>> = { 'retention.ms': '-1' },
): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await admin.createTopics({
    topics: names.map((topic) => ({ topic, numPartitions: partitions, configEntries })),
    waitForLeaders: false,
  });
  await known(admin, names);
}

/**
 * Waits until a topic is known; the client's own waiting gives up at the first "not yet" of a busy
 * broker (kafkajs 2.2.4).
 */
async function known(admin: Admin, names: readonly string[]): Promise<void> {
  for (let tries = 100; ; tries--) {
    try {
      await admin.fetchTopicMetadata({ topics: [...names] });
      return;
    } catch (error) {
      if (tries === 0) throw error;
      await sleep(100);
    }
  }
}

export const compacted = { 'cleanup.policy': 'compact' };

/**
 * Drops all topics and groups whose names begin with the prefix, so that the disk of a long run
 * stays small.
 */
export async function dropTopics(admin: Admin, prefix: string): Promise<void> {
  const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  const { groups } = await admin.listGroups();
  const mine = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(prefix));
  // One with members left would be refused; it goes with the broker.
  if (mine.length > 0) await admin.deleteGroups(mine).catch(() => {});
}

/** Writes both inputs, once for all runs. @returns number of records in them */
export async function fillInputs(broker: BenchBroker, data: BenchData): Promise<number> {
  await createTopics(broker.admin, [benchImpressions.name, benchClicks.name]);
  const producer = broker.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const flushes = Array.from({ length: partitions }, (_, partition) => ({
    ...messageOf(benchImpressions, flushOf(data, partition)),
    partition,
  }));
  const write = (topic: AnyTopic, events: readonly unknown[]) =>
    send(producer, topic, events, broker.signal);
  await write(benchImpressions, data.impressions);
  await producer.send({ topic: benchImpressions.name, messages: flushes, acks: -1 });
  await write(benchClicks, data.clicks);
  await producer.disconnect();
  return data.impressions.length + flushes.length + data.clicks.length;
}

async function send(
  producer: Producer,
  topic: AnyTopic,
  events: readonly unknown[],
  signal: AbortSignal,
): Promise<void> {
  for (let first = 0; first < events.length; first += 1000) {
    signal.throwIfAborted();
    const messages = events.slice(first, first + 1000).map((event) => messageOf(topic, event));
    await producer.send({ topic: topic.name, messages, acks: -1 });
  }
}

function messageOf(topic: AnyTopic, event: unknown): Message & { value: Buffer } {
  return {
    key: topic.keyOf(event),
    value: benchCodecs.of(topic).encode(event),
    timestamp: String(topic.timeOf(event)),
  };
}
