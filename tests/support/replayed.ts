// A log replayed as the replayer does, in memory, and what the topics hold in the end landed in ClickHouse.
import type { Dataset, OpenOptions } from '../../datasets/dataset.ts';
import { Landing } from '../../infra/clickhouse/ingest/landing.ts';
import { RecordTaker } from '../../infra/clickhouse/ingest/take-record.ts';
import { topicTables } from '../../infra/clickhouse/tables.ts';
import type { Warehouse } from '../../infra/clickhouse/warehouse.ts';
import { FetchedRecord } from '../../infra/kafka/wire/batch-reader.ts';
import type { Codecs } from '../../infra/registry/registry.ts';
import { createCodec } from '../../schemas/codec.ts';
import { loggedImpression } from '../../schemas/logged-events.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { predictions } from '../../schemas/topics/predictions.ts';
import { replays } from '../../schemas/topics/replays.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';

const landed: readonly AnyTopic[] = [
  ...[items, impressions, clicks, examples, rewards, predictions, deadLetters, replays],
];
const codecOf = new Map(landed.map((topic) => [topic, createCodec(topic, 1)] as const));
const codecs: Codecs = {
  of: (topic) => codecOf.get(topic)!,
  decode: async (topic, bytes) => codecOf.get(topic)!.decode(bytes),
  take: async (topic, record) => codecOf.get(topic)!.take(record),
};

/**
 * Replays a log, with the requests that it may hold; what is served for them is no part of it.
 * @param options where rows are sorted, and which times lie ahead
 */
export async function replayed(
  dataset: Dataset,
  folder: string,
  options: OpenOptions,
): Promise<{ runtime: MemoryRuntime; rows: number }> {
  await using log = await dataset.open(folder, options);
  const windowMs = dataset.attributionWindowMs;
  const serve = { ...serveDefaults, attributionWindowMs: windowMs };
  const runtime = new MemoryRuntime(mainTopology({ serve }), { topics: [replays] });
  const progress = { replayId: dataset.name, at: 0, steps: 0, events: 0, shown: 0, clicks: 0 };
  let unreadable = 0;
  for await (const item of dataset.items(folder)) runtime.send(items, item);
  for await (const step of log.steps()) {
    progress.steps++;
    if ('rows' in step) progress.events += step.rows;
    if (step.kind === 'impression') {
      progress.shown += step.impression.items.length;
      runtime.send(impressions, step.impression);
    } else if (step.kind === 'click') {
      progress.clicks++;
      runtime.send(clicks, step.click);
    } else if (step.kind === 'request') {
      runtime.send(requests, step.request);
    } else if (step.kind === 'dead') {
      unreadable++;
      runtime.send(deadLetters, step.deadLetter);
    } else if (step.kind === 'end') {
      progress.at = step.at;
      const end = { impressionId: 'end', userId: 'end', at: step.at + windowMs };
      runtime.send(impressions, loggedImpression(end, []));
    }
  }
  const latest = options.ahead?.latest ?? null;
  runtime.send(replays, { ...progress, unreadable, done: true, latest });
  runtime.drain();
  return { runtime, rows: log.rows };
}

/** Puts what the topics hold into the tables, in the place of what was there. */
export async function landAll(warehouse: Warehouse, runtime: MemoryRuntime): Promise<void> {
  const landing = new Landing(warehouse, topicTables);
  const taker = new RecordTaker({ codecs }, landing);
  for (const table of topicTables.filter(({ of }) => landed.includes(of))) {
    await warehouse.client.command({ query: `truncate table ${table.table}` });
    for (const [offset, event] of runtime.events(table.of).entries()) {
      const key = Buffer.from(table.of.keyOf(event));
      const value = codecs.of(table.of).encode(event);
      const bytes = Buffer.concat([key, value]);
      const size = [0, key.length, key.length, value.length] as const;
      await taker.take(table, 0, new FetchedRecord(offset, 0, bytes, ...size));
    }
  }
  await landing.land();
}
