// A query ends when its client goes or says KILL, and its place is free at once.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { type SqlServer, serveSql } from '../../infra/http/sql/server.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { raw } from './raw-request.ts';

let opened: TestWarehouse;
let sql: SqlServer;

const endless = 'select count() from numbers(1000000000000) where not ignore(sipHash64(number))';
const post = (body: string, search = {}, init: RequestInit = {}) =>
  fetch(`${sql.url}/?${new URLSearchParams(search)}`, { method: 'POST', body, ...init });

/** Number of the endless queries that the engine runs. */
const inEngine = async () => {
  const rows = await rowsOf<{ query: string }>(
    opened.warehouse,
    'select query from system.processes',
  );
  return rows.filter(({ query }) => query.startsWith('select count() from numbers(1000')).length;
};

async function until(what: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 8_000; !(await what()); ) {
    if (Date.now() > end) throw new Error('It did not come about within 8 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

beforeAll(async () => {
  opened = await openTestWarehouse();
  await createViews(opened.warehouse);
  sql = await serveSql(opened.warehouse, { port: 0, concurrency: 2, waiting: 1 });
});

afterAll(async () => {
  await sql[Symbol.asyncDispose]();
  await opened[Symbol.asyncDispose]();
});

describe('a client that goes away', () => {
  it('takes its query with it, and so its place', async () => {
    const gone = new AbortController();
    const asked = [1, 2].map(() =>
      post(endless, {}, { signal: gone.signal }).catch((error: Error) => error.name),
    );
    await until(async () => (await inEngine()) === 2);
    // Both places are taken: one may wait, and leaves the queue when it goes.
    const waiting = new AbortController();
    const waits = post('select 1', {}, { signal: waiting.signal }).catch(
      (error: Error) => error.name,
    );
    await until(async () => (await post('select 2')).status === 503);
    waiting.abort();
    expect(await waits).toBe('AbortError');
    const next = post('select 3');
    gone.abort();
    expect(await Promise.all(asked)).toEqual(['AbortError', 'AbortError']);
    const started = Date.now();
    expect(await (await next).text()).toBe('3\n');
    await until(async () => (await inEngine()) === 0);
    // Far from the 10 s that a query may take.
    expect(Date.now() - started).toBeLessThan(6_000);
  });
});

describe('KILL QUERY', () => {
  it("ends one's own query, at once, though no place is free", async () => {
    const asked = ['a', 'b'].map((id) => post(endless, { query_id: id }));
    await until(async () => (await inEngine()) === 2);
    const test = await post("kill query where query_id = 'a' test format JSONEachRow");
    expect(await test.json()).toMatchObject({ query_id: 'a', user: 'default', query: endless });
    expect(await inEngine()).toBe(2);
    const killed = await post("KILL QUERY WHERE query_id IN ('a', 'b') SYNC FORMAT TabSeparated");
    expect((await killed.text()).match(/^waiting\t[ab]\tdefault\t/gm)).toHaveLength(2);
    for (const answer of await Promise.all(asked))
      expect(await answer.text()).toMatch(/^Code: 394\. DB::Exception: .*\(QUERY_WAS_CANCELLED\)/);
    expect(await (await post("kill query where query_id = 'a'")).text()).toBe('');
  });

  it("does not end another's, nor takes an id twice", async () => {
    const gone = new AbortController();
    const asked = post(endless, { query_id: 'theirs', user: 'ann' }, { signal: gone.signal }).catch(
      () => 'gone',
    );
    await until(async () => (await inEngine()) === 1);
    const kill = "kill query where query_id = 'theirs'";
    expect(await (await post(kill, { user: 'bob' })).text()).toBe('');
    const twice = await post('select 1', { query_id: 'theirs' });
    expect(twice.headers.get('X-ClickHouse-Exception-Code')).toBe('216');
    expect(await inEngine()).toBe(1);
    expect(await (await post(kill, { user: 'ann' })).text()).toContain('theirs');
    gone.abort();
    await asked;
  });

  it.each([
    'kill query where 1',
    "kill query where user = 'default'",
    "kill query where query_id = 'a' or 1",
    "kill query where query_id = 'a'; select 1",
    "kill query where query_id != 'a'",
    "kill query on cluster c where query_id = 'a'",
    "kill mutation where table = 'items'",
    "/* x */ kill query where query_id like '%'",
  ])('%s is refused', async (query) => {
    const answer = await post(query);
    expect(answer.headers.get('X-ClickHouse-Exception-Code')).toBe('164');
  });
});

describe('who may ask', () => {
  it.each([
    ['localhost:1', {}, 200],
    ['127.0.0.1', {}, 200],
    ['[::1]:8123', {}, 200],
    ['rebound.example', {}, 421],
    ['localhost', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['localhost', { 'Sec-Fetch-Site': 'same-origin' }, 200],
  ])('Host %j %j: %d', async (host, headers, status) => {
    const answer = await raw(sql.url, { query: 'select 1', headers: { host, ...headers } });
    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.body.toString()).toMatch(/^Code: 497\. .*\(ACCESS_DENIED\)/);
  });
});
