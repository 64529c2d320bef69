// Waits until ClickHouse has read what the topics hold.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { ingested } from './ingest.ts';
import type { Warehouse } from './warehouse.ts';

export interface CatchUpOptions {
  readonly warehouse: Warehouse;
  readonly admin: Admin;
  readonly topicName: (name: string) => string;
  /** Give up after this long, ms. @default 60_000 */
  readonly timeoutMs?: number;
}

/** Looks this often, ms. */
const everyMs = 250;

/** An end that counts transaction markers is reached when nothing has moved for so many looks. */
const quietLooks = 5;

/**
 * Resolves with true once every topic is read to its end, or to a place that has not moved for a
 * while less than a transaction's markers from it; with false when the time is over.
 */
export async function caughtUp(options: CatchUpOptions): Promise<boolean> {
  const { warehouse, admin, topicName, timeoutMs = 60_000 } = options;
  const until = performance.now() + timeoutMs;
  let before = '';
  let quiet = 0;
  while (performance.now() < until) {
    const landed = await ingested(warehouse);
    let behind = 0;
    for (const [topic, offsets] of Object.entries(landed)) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topicName(topic))) {
        if (Number(high) === Number(low)) continue;
        behind += Math.max(0, Number(high) - 2 - (offsets[partition] ?? -1));
      }
    }
    if (behind === 0) return true;
    const now = JSON.stringify(landed);
    quiet = now === before ? quiet + 1 : 0;
    if (quiet >= quietLooks * 4) return false;
    before = now;
    await sleep(everyMs);
  }
  return false;
}
