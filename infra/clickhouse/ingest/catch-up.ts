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
