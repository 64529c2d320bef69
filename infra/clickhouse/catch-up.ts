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
  /** Time after which waiting is given up, ms. @default 60_000 */
  readonly timeoutMs?: number;
}

/** Pause between two looks, ms. */
const everyMs = 200;

/**
 * Number of last offsets among which the last record of a topic is looked for; the other offsets
 * are transaction markers.
 */
const tail = 200;

/**
 * Waits until the last record of every topic is in its table.
 * @returns true once they all are, false if time was up before
 */
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

/**
 * Offset of the last committed record, by topic and partition. The end of a partition is no such
 * offset, since it counts transaction markers too.
 */
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
