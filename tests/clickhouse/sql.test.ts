// The SQL endpoint speaks ClickHouse's HTTP dialect: the official client, curl and GETs alike.
import { gzipSync } from 'node:zlib';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queryOnce } from '../../infra/clickhouse/query-once.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { type SqlServer, serveSql } from '../../infra/http/sql/server.ts';
import { codeOf } from '../../schemas/errors.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { insert, item } from './rows.ts';

let opened: TestWarehouse;
let sql: SqlServer;
const get = (search: Record<string, string>, init?: RequestInit) =>
  fetch(`${sql.url}/?${new URLSearchParams(search)}`, init);
const post = (body: string | Buffer, headers = {}) =>
  fetch(sql.url, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers,
  });

beforeAll(async () => {
  opened = await openTestWarehouse();
  await createViews(opened.warehouse);
  await insert(opened.warehouse, 'items', [item('x', 'Ex'), item('y', "O'Why")]);
  sql = await serveSql(opened.warehouse, { port: 0 });
});

afterAll(async () => {
  await sql[Symbol.asyncDispose]();
  await opened[Symbol.asyncDispose]();
});

describe('curl', () => {
  it('GET /ping', async () => {
    expect(await (await fetch(`${sql.url}/ping`)).text()).toBe('Ok.\n');
  });

  it('GET / without a query says Ok, as ClickHouse does', async () => {
    expect(await (await fetch(`${sql.url}/`)).text()).toBe('Ok.\n');
  });

  it('answers in TabSeparated unless told otherwise', async () => {
    const response = await get({ query: 'select itemId, title from items order by itemId' });
    expect(await response.text()).toBe("x\tEx\ny\tO\\'Why\n");
    expect(response.headers.get('Content-Type')).toMatch(/^text\/tab-separated-values/);
    expect(response.headers.get('X-ClickHouse-Format')).toBe('TabSeparated');
  });

  it('FORMAT in the query wins over default_format, default_format over the header', async () => {
    const query = 'select 1 as a';
    const headers = { 'X-ClickHouse-Format': 'CSV' };
    const ways = [
      await get({ query: `${query} format JSONEachRow`, default_format: 'TSV' }, { headers }),
      await get({ query, default_format: 'JSONEachRow' }, { headers }),
    ];
    for (const way of ways) {
      expect(await way.text()).toBe('{"a":1}\n');
      expect(way.headers.get('X-ClickHouse-Format')).toBe('JSONEachRow');
    }
    expect(await (await get({ query: "select 'a'" }, { headers })).text()).toBe('"a"\n');
  });

  it('takes the query from the body, begun in the address or not, gzipped or not', async () => {
    expect(await (await post('select 2')).text()).toBe('2\n');
    const split = await get({ query: 'select' }, { method: 'POST', body: '3 -- three\n;\n' });
    expect(await split.text()).toBe('3\n');
    const zipped = await post(gzipSync('select 4'), { 'Content-Encoding': 'gzip' });
    expect(await zipped.text()).toBe('4\n');
  });

  it('param_* fill placeholders and stay values', async () => {
    const query = 'select title from items where itemId = {id:String} or title = {id:String}';
    expect(await (await get({ query, param_id: 'x' })).text()).toBe('Ex\n');
    expect(await (await get({ query, param_id: "' or 1 or '" })).text()).toBe('');
    expect(await (await get({ query: 'select {n:Int32} + 1', param_n: '41' })).text()).toBe('42\n');
    const named = { query: 'select count() from {t:Identifier}', param_t: 'items' };
    expect(await (await get(named)).text()).toBe('2\n');
  });

  it('knows one database, under its name and as default', async () => {
    const query = 'select currentDatabase()';
    expect(await (await get({ query, database: 'millrace' })).text()).toBe('millrace\n');
    expect(await (await get({ query, database: 'default' })).text()).toBe('millrace\n');
    const other = await get({ query, database: 'other' });
    expect(other.status).toBe(404);
    expect(await other.text()).toMatch(/^Code: 81\. DB::Exception: .*\(UNKNOWN_DATABASE\)/);
  });

  it('reads what a catalogue browser asks for', async () => {
    const tables = await get({ query: "show tables like 'ctr%'" });
    expect(await tables.text()).toBe('ctr_by_variant\nctr_over_time\n');
    const columns =
      "select column_name from information_schema.columns where table_name = 'logloss' order by ordinal_position";
    expect(await (await get({ query: columns })).text()).toBe('model\nsource\nn\nlogloss\n');
    expect(await (await get({ query: 'describe table tier_share' })).text()).toContain('share\t');
  });
});

describe("errors in ClickHouse's style", () => {
  it.each([
    ['selec 1', 400, 62],
    ['select from where', 400, 62],
    ['select nothing from items', 404, 47],
    ['select * from nowhere', 404, 60],
    ['select nosuch(1)', 404, 46],
    ['select {a:Int32}', 400, 456],
    ['select throwIf(1)', 500, 395],
    ['select number from numbers(10000000)', 500, 396],
    ['select 1; select 2', 400, 62],
    ['drop table items', 403, 164],
  ])('%s: HTTP %d, code %d', async (query, status, code) => {
    const response = await post(query);
    expect(response.status).toBe(status);
    expect(response.headers.get('X-ClickHouse-Exception-Code')).toBe(String(code));
    expect(await response.text()).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: .*\\([A-Z_]+\\)`),
    );
  });

  it('memory is limited', async () => {
    const response = await post('select length(arrayResize([number], 400000000)) from numbers(1)');
    expect(response.headers.get('X-ClickHouse-Exception-Code')).toBe('241');
  });

  it('a query beyond 1 MB is refused, also when it was small on the wire', async () => {
    const long = `select '${'x'.repeat(1_048_576)}'`;
    expect((await post(long)).status).toBe(413);
    const bomb = await post(gzipSync(long), { 'Content-Encoding': 'gzip' });
    expect(bomb.status).toBe(413);
    expect((await post('no gzip', { 'Content-Encoding': 'gzip' })).status).toBe(400);
  });
});

describe('the official client', () => {
  it('pings, queries with parameters, gets typed errors', async () => {
    const client = createClient({
      url: sql.url,
      database: 'millrace',
      log: { level: ClickHouseLogLevel.OFF },
    });
    expect(await client.ping()).toMatchObject({ success: true });
    const result = await client.query({
      query: 'select title from items where itemId in {ids:Array(String)} order by title',
      query_params: { ids: ['x', 'y'] },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ title: 'Ex' }, { title: "O'Why" }]);
    const json = await client.query({ query: 'select 1 as a', format: 'JSON' });
    expect(await json.json()).toMatchObject({ data: [{ a: 1 }], rows: 1 });
    await expect(client.command({ query: 'drop table items' })).rejects.toMatchObject({
      code: '164',
      type: 'READONLY',
    });
    await expect(
      client.insert({ table: 'items', values: [{ itemId: 'z' }], format: 'JSONEachRow' }),
    ).rejects.toMatchObject({ code: '164' });
    await client.close();
  });

  it('asks for compressed answers and understands plain ones', async () => {
    const client = createClient({ url: sql.url, compression: { response: true } });
    const result = await client.query({ query: 'select 1 as a', format: 'JSONEachRow' });
    expect(await result.json()).toEqual([{ a: 1 }]);
    await client.close();
  });
});

describe('queryOnce', () => {
  const query = 'select itemId, title from items order by itemId';

  it('is the same over HTTP and from the warehouse', async () => {
    for (const target of [{ url: sql.url }, { warehouse: opened.warehouse }]) {
      const pretty = await queryOnce(query, target);
      expect(pretty).toContain('┌─itemId─┬─title─┐');
      expect(JSON.parse(await queryOnce(query, target, 'json'))).toEqual([
        { itemId: 'x', title: 'Ex' },
        { itemId: 'y', title: "O'Why" },
      ]);
      expect(await queryOnce('select 1 where 0', target, 'json')).toBe('[]\n');
      expect(await queryOnce(query, target, 'CSV')).toBe('"x","Ex"\n"y","O\'Why"\n');
    }
  });

  it('fails with a code', async () => {
    const code = (promise: Promise<string>) => promise.then(() => 'none', codeOf);
    expect(await code(queryOnce('select x', { url: sql.url }))).toBe('sql-failed');
    expect(await code(queryOnce('select x', opened))).toBe('sql-failed');
    expect(await code(queryOnce('drop table items', opened))).toBe('sql-refused');
    expect(await code(queryOnce('select 1', { url: 'http://127.0.0.1:1' }))).toBe(
      'clickhouse-unreachable',
    );
  });
});
