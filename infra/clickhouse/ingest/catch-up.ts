// Waits until ClickHouse has read what the topics hold.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { AnyTopic } from '../../../schemas/topic.ts';
import { endsOf } from '../../kafka/read-to-end.ts';
import { topicTables } from '../tables.ts';
import type { Warehouse } from '../warehouse.ts';
import { readPositions } from './positions.ts';

export interface CatchUpOptions {
  readonly warehouse: Warehouse;
  readonly kafka: Kafka;
  readonly nameOf: (topic: AnyTopic) => string;
  /** Time after which waiting is given up, ms. @default 60_000 */
  readonly timeoutMs?: number;
}

/** Reads the records of each topic that ClickHouse has not read yet, markers of transactions among them. */
export type IngestLags = () => Promise<readonly { readonly topic: string; readonly lag: number }[]>;

export function ingestLags({
  warehouse,
  kafka,
  nameOf,
}: Omit<CatchUpOptions, 'timeoutMs'>): IngestLags {
  const byName = new Map(topicTables.map(({ of, topic }) => [nameOf(of), { of, topic }]));
  return async () => {
    const admin = kafka.admin();
    await admin.connect();
    const [ends, read] = await Promise.all([
      endsOf(admin, [...byName.keys()]),
      readPositions(warehouse),
    ]).finally(() => admin.disconnect());
    const landed = new Map(read.map((one) => [`${one.topic}/${one.partition}`, one.next]));
    const lags = new Map<string, number>();
    for (const { topic, partition, low, high } of ends) {
      const { of, topic: table } = byName.get(topic)!;
      const next = Math.max(low, landed.get(`${table}/${partition}`) ?? 0);
      lags.set(of.name, (lags.get(of.name) ?? 0) + Math.max(0, high - next));
    }
    return [...lags].map(([topic, lag]) => ({ topic, lag }));
  };
}

/** Pause between two looks, ms. */
const everyMs = 100;

/**
 * Waits until every topic has been read as far as it goes now: to the offset behind its last record,
 * deletion or marker of a transaction, whether committed or aborted, compacted away or there.
 * @returns true once they all are, false if time was up before
 */
export async function caughtUp(options: CatchUpOptions): Promise<boolean> {
  const { warehouse, kafka, nameOf, timeoutMs = 60_000 } = options;
  const until = performance.now() + timeoutMs;
  const byName = new Map(topicTables.map(({ of, topic }) => [nameOf(of), topic]));
  const admin = kafka.admin();
  await admin.connect();
  const ends = await endsOf(admin, [...byName.keys()]).finally(() => admin.disconnect());
  const wanted = ends.filter(({ low, high }) => high > low);
  for (;;) {
    const read = await readPositions(warehouse);
    const landed = new Map(read.map((one) => [`${one.topic}/${one.partition}`, one.next]));
    const missing = wanted.some(
      ({ topic, partition, high }) => (landed.get(`${byName.get(topic)}/${partition}`) ?? 0) < high,
    );
    if (!missing) return true;
    if (performance.now() > until) return false;
    await sleep(everyMs);
  }
}
