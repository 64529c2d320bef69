// Every data set from its files through the streams into the real engine: nothing is lost, nothing comes twice, and
// what could not be used is counted under its code.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Dataset } from '../../datasets/dataset.ts';
import { datasets } from '../../datasets/index.ts';
import { createTables } from '../../infra/clickhouse/tables.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { fixtureOf } from '../support/fixture-of.ts';
import { collect } from '../support/log-checks.ts';
import { landAll, replayed } from '../support/replayed.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';

/** Editions whose fixtures have folders of their own. */
const editions = [
  ...['movielens-1m', 'movielens-100k', 'amazon-reviews-2018', 'amazon-reviews-2023'],
  ...['amazon-reviews-ratings', 'amazon-reviews-mixed', 'kuairec-whole', 'kuairand-27k'],
  ...['foursquare-csv', 'opendialkg-turns'],
];
const all = [
  ...Object.keys(datasets).map((name) => [name, name] as const),
  ...editions.map((folder) => {
    const name = Object.keys(datasets).findLast((one) => folder.startsWith(`${one}-`))!;
    return [name, folder] as const;
  }),
];

let opened: TestWarehouse;
let scratch: string;
beforeAll(async () => {
  opened = await openTestWarehouse();
  await createTables(opened.warehouse);
  await createViews(opened.warehouse);
  scratch = await mkdtemp(join(tmpdir(), 'millrace-sets-'));
});
afterAll(async () => {
  await opened[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

describe('the accounting', () => {
  it.each(all)('closes for %s: %s', async (name, folder) => {
    const dataset: Dataset = datasets[name as keyof typeof datasets];
    const files = fixtureOf(folder);
    const { runtime, rows } = await replayed(dataset, files, { scratch });
    await using log = await dataset.open(files, { scratch });
    const steps = await collect(log.steps());
    await landAll(opened.warehouse, runtime);
    const view = (sql: string) => rowsOf<Record<string, unknown>>(opened.warehouse, sql);
    const shown = steps.reduce(
      (n, step) => n + (step.kind === 'impression' ? step.impression.items.length : 0),
      0,
    );
    expect(await view('select * from accounting')).toMatchObject([
      { read: rows, inImpressions: shown, inExamples: shown, lost: 0, duplicated: 0 },
    ]);
    expect(await view('select * from ingest_errors')).toEqual([]);
    const dead: Record<string, number> = {};
    for (const step of steps) {
      if (step.kind !== 'dead') continue;
      dead[step.deadLetter.code] = (dead[step.deadLetter.code] ?? 0) + 1;
    }
    const landed = await view(
      `select code, toInt32(sum(n)) as n from dead_letters_by_code
       where code in ('row-unreadable', 'row-duplicate', 'event-ahead') group by code`,
    );
    expect(Object.fromEntries(landed.map(({ code, n }) => [code, n]))).toEqual(dead);
    const catalogue = await collect(dataset.items(files));
    expect(await view('select toInt32(count()) as n from items final')).toEqual([
      { n: catalogue.length },
    ]);
    const sources = (await view(
      `select propensitySource as source, toInt32(count()) as n from impressions final
       where servedBy = 'logged' and notEmpty(items.itemId) group by source order by source`,
    )) as { source: string; n: number }[];
    const wanted: Record<string, number> = {};
    for (const step of steps) {
      if (step.kind !== 'impression') continue;
      const { propensitySource: source } = step.impression;
      wanted[source] = (wanted[source] ?? 0) + 1;
    }
    expect(Object.fromEntries(sources.map(({ source, n }) => [source, n]))).toEqual(wanted);
  });
});
