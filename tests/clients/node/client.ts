// @clickhouse/client against an endpoint; prints one JSON line of its checks.
import { deepStrictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';

const [url = '', titles = '0'] = process.argv.slice(2);
const log = { level: ClickHouseLogLevel.OFF };
const connect = (options = {}) => createClient({ url, database: 'millrace', log, ...options });
const endless = 'select count() from numbers(1000000000000) where not ignore(sipHash64(number))';

async function rows(query: string, rest: object = {}, options = {}): Promise<unknown[]> {
  await using client = connect(options);
  return await (await client.query({ query, format: 'JSONEachRow', ...rest })).json();
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'answered',
    (error: unknown) => (error instanceof ClickHouseError ? error.code : String(error)),
  );
}

const checks: Record<string, () => Promise<void>> = {
  async 'values of every type'() {
    const query = `select toString(toInt64(-9223372036854775808)) as a, 1.5 as b, 'Ünï' as c,
      null::Nullable(Int32) as d, ['a', 'b'] as e, map('k', 1) as f, (1, 'x') as g, true as h,
      toUInt64(18446744073709551615) as i`;
    const found = await rows(query, {
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    });
    const big = '18446744073709551615';
    const small = '-9223372036854775808';
    deepStrictEqual(found, [
      {
        ...{ a: small, b: 1.5, c: 'Ünï', d: null, e: ['a', 'b'] },
        ...{ f: { k: 1 }, g: [1, 'x'], h: true, i: big },
      },
    ]);
  },
  async 'every compression'() {
    for (const compression of [{}, { response: true }, { request: true, response: true }]) {
      const query = 'select sum(number) as s from (select number from numbers(200000))';
      deepStrictEqual(await rows(query, {}, { compression }), [{ s: 19999900000 }]);
    }
  },
  async parameters() {
    const query_params = { a: "O'Brien\t\\", b: null, c: ["it's", 'a,b'], d: -1 };
    const query =
      'select {a:String} as a, {b:Nullable(String)} as b, {c:Array(String)} as c, {d:Int32} as d';
    deepStrictEqual(await rows(query, { query_params }), [query_params]);
    deepStrictEqual(await rows(query, { query_params, use_multipart_params: true }), [
      query_params,
    ]);
  },
  async 'a stream of rows'() {
    await using client = connect();
    const answer = await client.query({
      query: 'select number from numbers(100000)',
      format: 'JSONCompactEachRow',
    });
    let sum = 0;
    for await (const part of answer.stream())
      for (const row of part) sum += Number((row.json() as string[])[0]);
    deepStrictEqual(sum, 4999950000);
  },
  async 'the catalogue'() {
    deepStrictEqual(await rows('select count() as n from items'), [{ n: Number(titles) }]);
    deepStrictEqual(await rows("select name from system.tables where name = 'auc'"), [
      { name: 'auc' },
    ]);
  },
  async errors() {
    deepStrictEqual(await codeOf(rows('select * from nowhere')), '60');
    deepStrictEqual(
      await codeOf(rows('select 1', { clickhouse_settings: { readonly: '0' } })),
      '164',
    );
    await using client = connect();
    deepStrictEqual(await codeOf(client.command({ query: 'drop table items' })), '164');
    const row = { table: 'items', values: [{ itemId: 'z' }], format: 'JSONEachRow' as const };
    deepStrictEqual(await codeOf(client.insert(row)), '164');
  },
  async 'KILL QUERY'() {
    await using client = connect();
    const query_id = `of-this-check-${process.pid}`;
    const asked = codeOf(client.query({ query: endless, query_id }));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await client.command({ query: `KILL QUERY WHERE query_id = '${query_id}'` });
    deepStrictEqual(await asked, '394');
  },
};

const failed: string[] = [];
for (const [name, check] of Object.entries(checks))
  await check().catch((error: unknown) => failed.push(`${name}: ${error}`));
const manifest = import.meta.resolve('@clickhouse/client').replace(/\/dist\/.*/, '/package.json');
const { version } = JSON.parse(readFileSync(new URL(manifest), 'utf8')) as { version: string };
process.stdout.write(`${JSON.stringify({ version, checks: Object.keys(checks), failed })}\n`);
