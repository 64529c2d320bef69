// The embedded engine forgets between queries, as a server behind HTTP does.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execute, rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';

let opened: TestWarehouse;
beforeAll(async () => {
  opened = await openTestWarehouse();
});
afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

// Fails after it has made half a million rows.
const failing = 'select number, throwIf(number = 500000) from numbers(1000000)';

describe('embedded', () => {
  it('rows of a failed query do not turn up in the next answer', async () => {
    const { warehouse } = opened;
    const { reader } = warehouse;
    await expect(reader.read(failing)).rejects.toThrow('Code: 395');
    expect(Buffer.from((await reader.read('select 1')).body).toString()).toBe('1\n');
    await expect(rowsOf(warehouse, failing)).rejects.toMatchObject({ code: '395' });
    expect(await rowsOf(warehouse, 'select 1 as a')).toEqual([{ a: 1 }]);
  });

  it('settings of one query do not stay for the next', async () => {
    const { client } = opened.warehouse;
    const query = 'select 1 as a';
    const result = await client.query({
      query,
      format: 'JSONEachRow',
      clickhouse_settings: { readonly: '1' },
    });
    expect(await result.json()).toEqual([{ a: 1 }]);
    await execute(opened.warehouse, 'create table t (a Int32) engine = MergeTree order by a');
    await client.insert({ table: 't', values: [{ a: 7 }], format: 'JSONEachRow' });
    expect(await rowsOf(opened.warehouse, 'select a, currentDatabase() as d from t')).toEqual([
      { a: 7, d: 'millrace' },
    ]);
  });

  it('the reader cannot write, and what it does to its session ends with the query', async () => {
    const { reader } = opened.warehouse;
    await expect(reader.read('create table u (a Int32) engine = Memory')).rejects.toThrow('164');
    await reader.read('use system');
    expect(Buffer.from((await reader.read('select currentDatabase()')).body).toString()).toBe(
      'millrace\n',
    );
  });

  it('queries at the same time keep to their own answers', async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) =>
        rowsOf<{ a: number; n: number }>(
          opened.warehouse,
          `select ${n} as a, count() as n from (select number from numbers(100000))`,
        ),
      ),
    );
    expect(answers.map(([row]) => row)).toEqual([1, 2, 3, 4, 5, 6].map((a) => ({ a, n: 100000 })));
  });
});
