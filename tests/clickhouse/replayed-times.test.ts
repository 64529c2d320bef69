// Logs whose times the clock has not passed, through the streams in memory and into the real engine: the
// accounting closes for one that ended a minute ago, and for one that lies ahead as a whole.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { taobao } from '../../datasets/taobao.ts';
import { createTables } from '../../infra/clickhouse/tables.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { landAll, replayed } from '../support/replayed.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';

const minute = 60_000;
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
  const ahead = { latest: now, rows: 'auto' } as const;
  const options = { scratch: join(folder, 'scratch'), ahead };
  const { runtime } = await replayed(taobao, folder, options);
  await landAll(opened.warehouse, runtime);
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
