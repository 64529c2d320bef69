// Waits until ClickHouse has read what the topics hold.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { readTopics } from '../kafka/read-to-end.ts';
import { ingested } from './ingest.ts';
import type { Warehouse } from './warehouse.ts';

export interface CatchUpOptions {
  readonly warehouse: Warehouse;
  readonly kafka: Kafka;
  readonly log: Logger;
  readonly topicName: (name: string) => string;
  /** Give up after this long, ms. @default 60_000 */
  readonly timeoutMs?: number;
}

/** Looks this often, ms. */
const everyMs = 200;

/** The last record of a topic is looked for among so many last offsets; the rest are markers. */
const tail = 200;

/** Resolves with true once the last record of every topic has landed, with false when time is over. */
export async function caughtUp(options: CatchUpOptions): Promise<boolean> {
  const { warehouse, kafka, log, topicName, timeoutMs = 60_000 } = options;
  const until = performance.now() + timeoutMs;
  const topics = Object.keys(await ingested(warehouse));
  const last = await lastOffsets(kafka, log, topics.map(topicName));
  for (;;) {
    const landed = await ingested(warehouse);
    const missing = topics.some((topic) =>
      [...(last.get(topicName(topic)) ?? [])].some(
        ([partition, offset]) => (landed[topic]?.[partition] ?? -1) < offset,
      ),
    );
    if (!missing) return true;
    if (performance.now() > until) return false;
    await sleep(everyMs);
  }
}

/** Offset of the last committed record, by topic and partition. Ends count transaction markers too. */
async function lastOffsets(kafka: Kafka, log: Logger, topics: readonly string[]) {
  const last = new Map<string, Map<number, number>>(topics.map((topic) => [topic, new Map()]));
  await using reader = await readTopics({
    kafka,
    topics,
    log,
    from: (_topic, _partition, low, high) => Math.max(low, high - tail),
    onRecords: (topic, partition, records) => {
      const offset = records.at(-1)?.offset ?? -1;
      const of = last.get(topic)!;
      of.set(partition, Math.max(offset, of.get(partition) ?? -1));
    },
  });
  await reader.caughtUp;
  return last;
}
