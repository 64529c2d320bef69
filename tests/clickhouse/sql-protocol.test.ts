// What clients send over HTTP besides a query, and what they read besides the rows.
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews } from '../../infra/clickhouse/views.ts';
import { fromFrames, toFrames } from '../../infra/clickhouse/wire/frames.ts';
import { toLz4Frame } from '../../infra/clickhouse/wire/lz4-frame.ts';
import { type SqlServer, serveSql } from '../../infra/http/sql/server.ts';
import { lz4Decompress } from '../../infra/kafka/wire/lz4.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { raw } from './raw-request.ts';
import { insert, item } from './rows.ts';

let opened: TestWarehouse;
let sql: SqlServer;
const post = (body: string | Uint8Array | FormData, search = {}, headers = {}) =>
  fetch(`${sql.url}/?${new URLSearchParams(search)}`, {
    method: 'POST',
    body: typeof body === 'string' || body instanceof FormData ? body : new Uint8Array(body),
    headers,
  });
const textOf = async (answer: Promise<Response>) => await (await answer).text();

beforeAll(async () => {
  opened = await openTestWarehouse();
  await createViews(opened.warehouse);
  await insert(opened.warehouse, 'items', [item('x', 'Ex'), item('y', "O'Brien")]);
  sql = await serveSql(opened.warehouse, { port: 0 });
});

afterAll(async () => {
  await sql[Symbol.asyncDispose]();
  await opened[Symbol.asyncDispose]();
});

describe('parameters are text of TabSeparated', () => {
  it.each([
    ["O'Brien", 'String', "O'Brien"],
    ["O\\'Brien", 'String', "O'Brien"],
    ['a\\tb\\\\c', 'String', 'a\tb\\c'],
    ['\\N', 'Nullable(String)', null],
    ['\\N', 'Nullable(Int32)', null],
    ["['it\\'s', 'a,b', '']", 'Array(String)', ["it's", 'a,b', '']],
    ["['a',NULL]", 'Array(Nullable(String))', ['a', null]],
    ["{'k':'it\\'s'}", 'Map(String, String)', { k: "it's" }],
    ['-1', 'Int32', -1],
    ['2020-01-02 03:04:05', "DateTime('UTC')", '2020-01-02 03:04:05'],
    ['Ünï €', 'String', 'Ünï €'],
  ])('%j as %s', async (value, type, wanted) => {
    const query = `select {v:${type}} as v format JSONEachRow`;
    expect(JSON.parse(await textOf(post(query, { param_v: value })))).toEqual({ v: wanted });
    const form = new FormData();
    form.set('query', query);
    form.set('param_v', value);
    expect(JSON.parse(await textOf(post(form)))).toEqual({ v: wanted });
  });

  it('finds rows by them', async () => {
    const query = 'select itemId from items where title = {title:String}';
    expect(await textOf(post(query, { param_title: "O'Brien" }))).toBe('y\n');
  });

  it('keeps two queries at once apart', async () => {
    const query = 'select {v:String}, sum(number) from numbers(100000)';
    const wanted = Array.from({ length: 20 }, (_, index) => `v${index}`);
    const found = await Promise.all(
      wanted.slice(0, 12).map((value) => textOf(post(query, { param_v: value }))),
    );
    expect(found).toEqual(wanted.slice(0, 12).map((value) => `${value}\t4999950000\n`));
  });

  it('are refused by the engine with its reason, and by name here', async () => {
    expect(await textOf(post('select {v:Int32}', { param_v: 'x' }))).toMatch(/^Code: 457\./);
    expect(await textOf(post('select 1', { 'param_a = 1, readonly': '0' }))).toMatch(/^Code: 36\./);
    const form = new FormData();
    form.set('query', 'select 1');
    form.set('mine', new Blob(['1\n']), 'mine.tsv');
    expect(await textOf(post(form, { mine_structure: 'a Int32' }))).toMatch(/^Code: 48\./);
  });
});

describe('compression', () => {
  const query = 'select number from numbers(100000)';
  const sum = (text: string) =>
    text
      .trim()
      .split('\n')
      .reduce((total, line) => total + Number(line), 0);
  const wanted = 4_999_950_000;

  it.each([
    ['gzip', gunzipSync],
    ['zstd', zstdDecompressSync],
    ['lz4', (bytes: Buffer) => lz4Decompress(bytes, 1_000_000)],
    // The most preferred of those that are taken.
    ['deflate, gzip;q=0.5, zstd;q=0', gunzipSync],
  ])('Accept-Encoding: %s', async (accepted, decode) => {
    const headers = { 'Accept-Encoding': accepted };
    const answer = await raw(sql.url, { query, headers, search: { enable_http_compression: '1' } });
    expect(answer.headers['content-encoding']).toBe(/[a-z0-9]+(?=$|;q=0.5)/.exec(accepted)![0]);
    expect(answer.body.length).toBeLessThan(500_000);
    expect(sum(decode(answer.body).toString())).toBe(wanted);
    const plain = await raw(sql.url, { query, headers, search: { enable_http_compression: '0' } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(sum(plain.body.toString())).toBe(wanted);
  });

  it.each([
    [{}, 0x82],
    [{ network_compression_method: 'ZSTD' }, 0x90],
    [{ network_compression_method: 'NONE' }, 0x02],
  ])('compress=1 %j', async (settings, method) => {
    const answer = await raw(sql.url, { query, search: { compress: '1', ...settings } });
    expect(answer.body[16]).toBe(method);
    expect(sum((await fromFrames(answer.body, 1_000_000)).toString())).toBe(wanted);
  });

  it.each([
    ['gzip', (text: Buffer) => gzipSync(text)],
    ['zstd', (text: Buffer) => zstdCompressSync(text)],
    ['lz4', (text: Buffer) => toLz4Frame(text)],
  ])('a query in %s', async (coding, encode) => {
    const body = await encode(Buffer.from('select 4'));
    expect(await textOf(post(body, {}, { 'Content-Encoding': coding }))).toBe('4\n');
    const bomb = await encode(Buffer.alloc(1_048_577, ' '));
    expect((await post(bomb, {}, { 'Content-Encoding': coding })).status).toBeGreaterThanOrEqual(
      400,
    );
  });

  it('a query in frames, damaged ones and unknown codings', async () => {
    const frames = await toFrames(Buffer.from('select 5'), 'LZ4');
    expect(await textOf(post(frames, { decompress: '1' }))).toBe('5\n');
    expect((await post('select 5', { decompress: '1' })).status).toBe(400);
    const odd = await post('select 5', {}, { 'Content-Encoding': 'snappy' });
    expect(await odd.text()).toMatch(/^Code: 271\. .*gzip.*zstd/);
  });

  it('errors are plain', async () => {
    const headers = { 'Accept-Encoding': 'gzip' };
    const answer = await raw(sql.url, { query: 'select x', headers, search: { compress: '1' } });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.body.toString()).toMatch(/^Code: 47\./);
  });
});

describe('settings', () => {
  it.each([
    [{ output_format_json_quote_64bit_integers: '1' }, 'select toUInt64(1) as a', '{"a":"1"}\n'],
    [{ session_timezone: 'Asia/Tokyo' }, 'select timezone() as a', '{"a":"Asia\\/Tokyo"}\n'],
    [{ max_result_rows: '2', result_overflow_mode: 'break' }, 'select 1 as a', '{"a":1}\n'],
    // No limit, and higher ones than ours, are ours.
    [{ max_execution_time: '0' }, "select getSetting('max_execution_time') as a", '{"a":10}\n'],
    [{ max_execution_time: '60' }, "select getSetting('max_execution_time') as a", '{"a":10}\n'],
    [{ max_execution_time: '5' }, "select getSetting('max_execution_time') as a", '{"a":5}\n'],
    [{ readonly: '2' }, "select getSetting('readonly') as a", '{"a":1}\n'],
    [{ wait_end_of_query: '1', session_id: 's', async_insert: '1' }, 'select 1 as a', '{"a":1}\n'],
  ])('%j', async (settings, query, wanted) => {
    expect(await textOf(post(query, { default_format: 'JSONEachRow', ...settings }))).toBe(wanted);
  });

  it.each([
    ['readonly', '0', 164],
    ['allow_introspection_functions', '1', 164],
    ['output_format_schema', '/tmp/x', 164],
    ['format_schema', '/etc/passwd', 164],
    ['format_template_row', '/etc/passwd', 164],
    ['additional_table_filters', '{}', 164],
    ['max_server_memory_usage', '0', 115],
    ['nosuch', '1', 115],
    ['max_block_size', 'many', 27],
  ])('%s=%s is refused: %d', async (name, value, code) => {
    const answer = await post('select 1', { [name]: value });
    expect(answer.headers.get('X-ClickHouse-Exception-Code')).toBe(String(code));
    expect(await answer.text()).toContain(code === 27 ? 'many' : name);
  });

  it('are told as read-only where they are', async () => {
    const query =
      "select name, readonly from system.settings where name in ('max_result_rows', 'format_schema') order by name";
    expect(await textOf(post(query))).toBe('format_schema\t1\nmax_result_rows\t0\n');
  });

  it('none that is open names a file or path', async () => {
    const query = `select name from system.settings where readonly = 0
      and match(description, '(?i)(path to|file name|filename|url)') order by name`;
    // Of a file that INTO OUTFILE would write, which is refused.
    expect(await textOf(post(query))).toBe('output_format_compression_level\n');
  });
});

describe('headers', () => {
  it('of an answer', async () => {
    const { headers } = await post('select number from numbers(3)', { query_id: 'mine' });
    expect(headers.get('X-ClickHouse-Query-Id')).toBe('mine');
    expect(headers.get('X-ClickHouse-Format')).toBe('TabSeparated');
    expect(headers.get('X-ClickHouse-Server-Display-Name')).toBe('millrace');
    expect(headers.get('X-ClickHouse-Timezone')).toMatch(/^[A-Za-z/_+-]+$/);
    const summary = JSON.parse(headers.get('X-ClickHouse-Summary')!);
    expect(summary).toMatchObject({ result_rows: '3', written_rows: '0' });
    expect(Number(summary.elapsed_ns)).toBeGreaterThan(1_000);
  });

  it('of an error, with where it is and the version', async () => {
    const version = (await textOf(post('select version()'))).trim();
    const answer = await post('select 1,\n  fro m items', { query_id: 'bad' });
    expect(answer.headers.get('X-ClickHouse-Query-Id')).toBe('bad');
    expect(answer.headers.get('X-ClickHouse-Exception-Code')).toBe('62');
    const text = await answer.text();
    expect(text).toMatch(/failed at position 19 \(items\) \(line 2, col 9\)/);
    expect(text.trim().endsWith(`(SYNTAX_ERROR) (version ${version})`)).toBe(true);
  });

  it.each([
    ['-- c\nselec 1', 'position 6 (selec) (line 2, col 1)'],
    ['select 1;\nselect 2', 'position 9 (;) (line 1, col 9)'],
    ["select ''\n  || $a$", 'position 16 ($) (line 2, col 6)'],
    ['select name from system.tables whre\n name 1', 'position 38 (name) (line 2, col 2)'],
  ])('%j: %s', async (query, place) => {
    expect(await textOf(post(query))).toContain(`failed at ${place}`);
  });

  it('errors are said once', async () => {
    const text = await textOf(post('select throwIf(1)'));
    expect(text.match(/DB::Exception/g)).toHaveLength(1);
    expect(text.match(/\(version/g)).toHaveLength(1);
  });
});

describe('the answer is limited', () => {
  it('in bytes, for constants too', async () => {
    const query = "select repeat('x', 1000) from numbers(200000)";
    const answer = await post(query);
    expect(answer.status).toBe(500);
    expect(await answer.text()).toMatch(/^Code: 396\..*max bytes: 100000000/);
    expect((await post('select 1', { max_result_bytes: '1' })).status).toBe(500);
  });
});
