// What a client sees of the catalogue, and what names it may use.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews } from '../../infra/clickhouse/views.ts';
import { execute } from '../../infra/clickhouse/warehouse.ts';
import { type SqlServer, serveSql } from '../../infra/http/sql/server.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';

let opened: TestWarehouse;
let sql: SqlServer;
const post = (body: string, search = {}) =>
  fetch(`${sql.url}/?${new URLSearchParams(search)}`, { method: 'POST', body });
const textOf = async (answer: Promise<Response>) => await (await answer).text();

beforeAll(async () => {
  opened = await openTestWarehouse();
  await createViews(opened.warehouse);
  for (const statement of [
    'create database if not exists millrace_ingest',
    'create table millrace_ingest.hidden (a Int32, index i a type minmax) engine = MergeTree order by a',
    'insert into millrace_ingest.hidden values (1)',
  ])
    await execute(opened.warehouse, statement);
  sql = await serveSql(opened.warehouse, { port: 0 });
});

afterAll(async () => {
  await sql[Symbol.asyncDispose]();
  await opened[Symbol.asyncDispose]();
});

describe('the catalogue', () => {
  it('is of our database alone', async () => {
    for (const query of [
      'select distinct database from system.tables',
      'select distinct database from system.columns',
      'select name from system.databases',
      'show databases',
      'select distinct table_schema from information_schema.tables',
      'select distinct table_schema from information_schema.columns',
      'select schema_name from information_schema.schemata',
    ])
      expect([query, await textOf(post(query))]).toEqual([query, 'millrace\n']);
    for (const table of ['parts', 'data_skipping_indices', 'projections', 'columns', 'tables']) {
      const hidden = `select count() from system.${table} where database != 'millrace'`;
      expect([table, await textOf(post(hidden))]).toEqual([table, '0\n']);
    }
    expect(await textOf(post('show tables from millrace_ingest'))).toBe('');
    expect(await textOf(post('show tables from system'))).toBe('');
  });

  it('has no definitions', async () => {
    const columns = await textOf(post('describe table system.tables'));
    expect(columns).toContain('engine_full\tString');
    for (const name of ['create_table_query', 'as_select', 'data_paths', 'metadata_path']) {
      expect(columns).not.toContain(name);
      const answer = await post(`select ${name} from system.tables`);
      expect([name, answer.headers.get('X-ClickHouse-Exception-Code')]).toEqual([name, '47']);
    }
    const all = await textOf(post('select * from `system`."tables" where name = \'auc\''));
    expect(all).toContain('auc');
    expect(all.toLowerCase()).not.toContain('create view');
  });

  it.each([
    "select name from system.tables where name = 'auc'",
    "select t.name from system.tables t where system.tables.name = 'auc'",
    "select system.tables.name from system.tables where tables.name = 'auc'",
    "select `a b`.name from system . /* x */ tables as `a b` where name = 'auc'",
    "select name from system.tables final where name = 'auc'",
    "select d.name from system.tables d join system.databases on d.database = databases.name where d.name = 'auc'",
    "select name from (select * from system.tables) where name = 'auc'",
    'select name from system.tables "x` , y" where name = \'auc\'',
  ])('%s', async (query) => {
    expect(await textOf(post(query))).toBe('auc\n');
  });

  it.each([
    'select * from {db:Identifier}.tables',
    'select * from system.{t:Identifier}',
    "select * from merge('system', 'tables')",
  ])('%s is refused', async (query) => {
    const answer = await post(query, { param_db: 'system', param_t: 'tables' });
    expect(answer.headers.get('X-ClickHouse-Exception-Code')).toBe('164');
  });
});

describe('names of functions and clauses as aliases', () => {
  it.each([
    ['select 1 as file', '1\n'],
    ['select 1 as file, file + 1', '1\t2\n'],
    ['select file from (select 1 as file) order by file', '1\n'],
    ['select t.file, sum(t.file) from (select 1 as file) as t group by t.file', '1\t1\n'],
    ['select 1 as settings', '1\n'],
    ['select settings, settings + 1 from (select 1 as settings) where settings = 1', '1\t2\n'],
    ['select t.settings from (select 1 as settings) t order by settings desc limit 1', '1\n'],
    ['select 2 as sleep, 3 as format from numbers(1)', '2\t3\n'],
  ])('%s', async (query, wanted) => {
    expect(await textOf(post(query))).toBe(wanted);
  });
});
