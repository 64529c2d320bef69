// The tables of a release, with rows in them, under this version: rows stay and get the new columns; a table
// that has other rows now is made anew and read again.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topicTables } from '../../infra/clickhouse/tables.ts';
import { createViews, listViews } from '../../infra/clickhouse/views.ts';
import { execute, rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { tablesOf } from '../support/release.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';

let opened: TestWarehouse;
const tables = tablesOf('0.1.0-ab4c288');
const countOf = async (table: string) => {
  const [found] = await rowsOf<{ n: number }>(
    opened.warehouse,
    `select toFloat64(count()) as n from ${table} final`,
  );
  return found!.n;
};

beforeAll(async () => {
  opened = await openTestWarehouse();
  const { warehouse } = opened;
  for (const statement of tables) await execute(warehouse, statement);
  for (const statement of tables) {
    const table = /millrace\.(\w+)/.exec(statement)![1]!;
    for (const offset of [0, 1])
      await execute(warehouse, `insert into ${table} (_partition, _offset) values (0, ${offset})`);
  }
  await createViews(warehouse);
}, 60_000);
afterAll(async () => await opened?.[Symbol.asyncDispose]());

describe('tables of 0.1.0 as of ab4c288', () => {
  it('keep their rows, and have every column', async () => {
    const old = tables.map((statement) => /millrace\.(\w+)/.exec(statement)![1]!);
    const kept = topicTables.filter(({ table, latest }) => old.includes(table) && !latest);
    expect(kept.length).toBeGreaterThan(8);
    for (const { table } of kept) expect([table, await countOf(table)]).toEqual([table, 2]);
    expect(await countOf('ingest_errors')).toBe(2);
  });

  it('are made anew where a key has one row now, and their topics are read from the start', async () => {
    const latest = topicTables.filter((one) => one.latest);
    expect(latest.map(({ table }) => table)).toContain('items');
    for (const { table } of latest) expect([table, await countOf(table)]).toEqual([table, 0]);
    expect(await countOf('ingest_positions')).toBe(0);
  });

  it('carry every view of this version', async () => {
    for (const { name } of await listViews())
      await rowsOf(opened.warehouse, `select * from ${name}`);
  });
});
