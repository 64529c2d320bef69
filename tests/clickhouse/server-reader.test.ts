// What a ClickHouse server is sent with a query from outside: the same limits, filters and words as the
// engine in this process gets.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { openClickHouse } from '../../infra/clickhouse/open.ts';
import type { Warehouse } from '../../infra/clickhouse/warehouse.ts';

interface Asked {
  search: URLSearchParams;
  query: string;
}

const asked: Asked[] = [];
/** Answers of queries that the test holds open. */
const held: ServerResponse[] = [];
const summary = { read_rows: '7', read_bytes: '70', result_rows: '1', result_bytes: '2' };
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const query = Buffer.concat(chunks).toString('utf8');
    asked.push({ search: new URL(request.url!, 'http://server').searchParams, query });
    if (query.startsWith('kill'))
      for (const answer of held.splice(0)) {
        answer.statusCode = 500;
        answer.setHeader('X-ClickHouse-Exception-Code', '394');
        answer.end('Code: 394. DB::Exception: Query was cancelled. (QUERY_WAS_CANCELLED)\n');
      }
    if (query.startsWith('select endless')) return void held.push(response);
    response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary));
    response.end('1\n');
  });
});
let warehouse: Warehouse;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  warehouse = await openClickHouse({ url, path: '', database: 'shop' });
});
afterAll(async () => {
  await warehouse[Symbol.asyncDispose]();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  asked.length = 0;
});

it('gets limits, the filters of the catalogue, settings, and parameters as they came', async () => {
  const { body, counts } = await warehouse.reader.read('select 1', {
    format: 'CSV',
    params: { name: "O'Brien\\t", none: '\\N', list: "['it\\'s']" },
    settings: { max_result_rows: '5', join_use_nulls: '1' },
  });
  expect(Buffer.from(body).toString()).toBe('1\n');
  expect(counts).toEqual({ readRows: 7, readBytes: 70, resultRows: 1, resultBytes: 2 });
  const sent = Object.fromEntries(asked[0]!.search);
  expect(sent).toMatchObject({
    ...{ default_format: 'CSV', database: 'shop', readonly: '1', max_execution_time: '10' },
    ...{ max_result_rows: '5', join_use_nulls: '1', wait_end_of_query: '1' },
    ...{ param_name: "O'Brien\\t", param_none: '\\N', param_list: "['it\\'s']" },
  });
  expect(sent.additional_table_filters).toContain(`'system.tables': 'database = \\'shop\\''`);
});

it('is told to end a query that nobody waits for', async () => {
  const end = new AbortController();
  const read = warehouse.reader.read('select endless', { signal: end.signal });
  const outcome = read.then(
    () => 'answered',
    (error: { code?: string }) => error.code,
  );
  while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  end.abort();
  expect(await outcome).toBe('394');
  const [query, kill] = asked;
  expect(kill!.query).toBe(
    `kill query where Settings['log_comment'] = '${query!.search.get('log_comment')}' async`,
  );
});
