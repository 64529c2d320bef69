// The catalogue that is served from, and what the log holds of requests afterwards.
import type { Kafka } from 'kafkajs';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import { benchLog } from '../support/broker.ts';

const rowsAtOnce = 500;

/** Writes items `item-0` and so on, over HTTP. */
export async function fillCatalogue(url: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += rowsAtOnce) {
    const items = Array.from({ length: Math.min(rowsAtOnce, count - from) }, (_, i) => ({
      itemId: `item-${from + i}`,
      title: `Item ${from + i}`,
      groups: [`group-${(from + i) % 20}`],
    }));
    const answer = await fetch(`${url}/v1/items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items }),
    });
    if (!answer.ok) throw new Error(`The catalogue was refused: ${await answer.text()}`);
  }
}

/** How many impressions the log holds, by the key of their request. */
export async function loggedKeys(kafka: Kafka): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  await using reader = await readTopics({
    kafka,
    log: benchLog(),
    topics: ['impressions'],
    async onRecords(_topic, _partition, records) {
      for (const { value } of records) {
        // Its id is the first thing in it that begins so.
        const key = /served-([a-z]+-(?:[a-z]+-)?\d+)/.exec(value?.toString('latin1') ?? '')?.[1];
        if (key !== undefined) found.set(key, (found.get(key) ?? 0) + 1);
      }
    },
  });
  await reader.caughtUp;
  return found;
}
