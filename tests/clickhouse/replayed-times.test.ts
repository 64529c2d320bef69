// Logs whose times the clock has not passed, through the streams in memory and into the real engine: the
// accounting closes for one that ended a minute ago, and for one that lies ahead as a whole.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { taobao } from '../../datasets/taobao.ts';
import { Landing } from '../../infra/clickhouse/ingest/landing.ts';
import { RecordTaker } from '../../infra/clickhouse/ingest/take-record.ts';
import { createTables, topicTables } from '../../infra/clickhouse/tables.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { FetchedRecord } from '../../infra/kafka/wire/batch-reader.ts';
import type { Codecs } from '../../infra/registry/registry.ts';
import { createCodec } from '../../schemas/codec.ts';
import { loggedImpression } from '../../schemas/logged-events.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { predictions } from '../../schemas/topics/predictions.ts';
import { replays } from '../../schemas/topics/replays.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';

const minute = 60_000;
const windowMs = taobao.attributionWindowMs;
const landed: readonly AnyTopic[] = [
  ...[impressions, clicks, examples, rewards, predictions, deadLetters, replays],
];
const codecOf = new Map(landed.map((topic) => [topic, createCodec(topic, 1)] as const));
const codecs: Codecs = {
  of: (topic) => codecOf.get(topic)!,
  decode: async (topic, bytes) => codecOf.get(topic)!.decode(bytes),
  take: async (topic, record) => codecOf.get(topic)!.take(record),
};

let opened: TestWarehouse;
let folder: string;
beforeAll(async () => {
  opened = await openTestWarehouse();
  await createTables(opened.warehouse);
  await createViews(opened.warehouse);
  folder = await mkdtemp(join(tmpdir(), 'millrace-times-'));
});
afterAll(async () => {
  await opened[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Replays a log as the replayer does, in memory. @returns what the topics hold in the end */
async function played(latest: number): Promise<MemoryRuntime> {
  const ahead = { latest, rows: 'auto' } as const;
  await using log = await taobao.open(folder, { scratch: join(folder, 'scratch'), ahead });
  const serve = { ...serveDefaults, attributionWindowMs: windowMs };
  const runtime = new MemoryRuntime(mainTopology({ serve }), { topics: [replays] });
  const progress = { replayId: 'taobao', at: 0, steps: 0, events: 0, shown: 0, clicks: 0 };
  let unreadable = 0;
  for await (const step of log.steps()) {
    progress.steps++;
    if ('rows' in step) progress.events += step.rows;
    if (step.kind === 'impression') {
      progress.shown += step.impression.items.length;
      runtime.send(impressions, step.impression);
    } else if (step.kind === 'click') {
      progress.clicks++;
      runtime.send(clicks, step.click);
    } else if (step.kind === 'dead') {
      unreadable++;
      runtime.send(deadLetters, step.deadLetter);
    } else if (step.kind === 'end') {
      progress.at = step.at;
      const end = { impressionId: 'end', userId: 'end', at: step.at + windowMs };
      runtime.send(impressions, loggedImpression(end, []));
    }
  }
  runtime.send(replays, { ...progress, unreadable, done: true, latest });
  runtime.drain();
  return runtime;
}

async function land(runtime: MemoryRuntime): Promise<void> {
  const landing = new Landing(opened.warehouse, topicTables);
  const taker = new RecordTaker({ codecs }, landing);
  for (const table of topicTables.filter(({ of }) => landed.includes(of))) {
    await opened.warehouse.client.command({ query: `truncate table ${table.table}` });
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

/** Views of one item a minute, each bought half a minute later. */
const shop = (from: number) =>
  Array.from({ length: 60 }, (_, i) => [
    `${1 + (i % 5)},${100 + (i % 7)},7,pv,${Math.floor(from / 1000) + i * 60}`,
    `${1 + (i % 5)},${100 + (i % 7)},7,buy,${Math.floor(from / 1000) + i * 60 + 30}`,
  ]).flat();

const now = Date.UTC(2026, 10, 30, 12);

it.each([
  ['ended a minute ago, with a row of 2033', now - 61 * minute, ['3,100,7,pv,1990000000']],
  ['lies in 2198', Date.UTC(2198, 10, 30), []],
])('closes the accounting of a log that %s', async (_which, from, mistakes) => {
  await writeFile(join(folder, 'UserBehavior.csv'), [...shop(from), ...mistakes].join('\n'));
  await land(await played(now));
  const view = (name: string) => rowsOf(opened.warehouse, `select * from ${name}`);
  expect(await view('accounting')).toMatchObject([
    { read: 120 + mistakes.length, inExamples: 60, lost: 0, duplicated: 0 },
  ]);
  expect(await view('dead_letters_by_code')).toMatchObject(
    mistakes.map(() => ({ origin: 'UserBehavior.csv', code: 'event-ahead', n: 1 })),
  );
  const [first] = await rowsOf<{ at: string }>(
    opened.warehouse,
    'select min(at) as at from examples',
  );
  expect(first!.at).toBe(new Date(from).toISOString().replace('T', ' ').replace('Z', ''));
  expect(await rowsOf(opened.warehouse, 'select * from ingest_errors')).toEqual([]);
});
