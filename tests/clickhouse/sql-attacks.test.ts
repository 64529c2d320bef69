// The SQL endpoint under attack: nothing is written, read or called that a query has no business with.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { type SqlServer, serveSql } from '../../infra/http/sql/server.ts';
import { attacks } from './attacks.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { insert, item } from './rows.ts';

let opened: TestWarehouse;
let sql: SqlServer;
let bait: Server;
let hits = 0;
const folder = mkdtempSync(join(tmpdir(), 'millrace-attacks-'));
const secret = 'do-not-read-me-7401';
const before = process.cwd();

beforeAll(async () => {
  // Relative names in an attack land in the working directory.
  process.chdir(folder);
  writeFileSync(join(folder, 'secret.csv'), `${secret},1\n`);
  bait = createServer((_request, response) => {
    hits += 1;
    response.end('a,b\n1,2\n');
  });
  await new Promise<void>((resolve) => bait.listen(0, '127.0.0.1', resolve));
  opened = await openTestWarehouse();
  await createViews(opened.warehouse);
  await insert(opened.warehouse, 'items', [item('x', 'Ex')]);
  sql = await serveSql(opened.warehouse, { port: 0 });
});

afterAll(async () => {
  await sql[Symbol.asyncDispose]();
  await opened[Symbol.asyncDispose]();
  await new Promise((resolve) => bait.close(resolve));
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

describe('refused', () => {
  const hit = () => `http://127.0.0.1:${(bait.address() as AddressInfo).port}`;
  const spellings = [
    ...attacks.filter((text) => !text.includes('SECRET') && !text.includes('OUT')),
    ...attacks
      .filter((text) => text.includes('SECRET') || text.includes('OUT'))
      .flatMap((text) => [
        text.replaceAll('SECRET', 'secret.csv').replaceAll(/\bOUT\b/g, 'out.csv'),
        text
          .replaceAll('SECRET', join(folder, 'secret.csv'))
          .replaceAll(/\bOUT\b/g, join(folder, 'absolute.csv')),
      ]),
  ];

  it.each(spellings)('%s', async (text) => {
    const response = await fetch(sql.url, { method: 'POST', body: text.replaceAll('HIT', hit()) });
    const body = await response.text();
    expect(body).toMatch(/^Code: \d+\. DB::Exception: /);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.headers.get('X-ClickHouse-Exception-Code')).toMatch(/^[1-9]\d*$/);
    expect(body).not.toContain(secret);
    expect(hits).toBe(0);
    expect(readdirSync(folder)).toEqual(['secret.csv']);
  });

  it.each([
    ['select * from {db:Identifier}.{table:Identifier}', { db: 'system', table: 'models' }],
    ['select * from {db:Identifier}.{table:Identifier}', { db: 'default', table: 'secret.csv' }],
    ['select * from {table:Identifier}', { table: 'system.models' }],
    ["select * apply {f:Identifier} from (select 'secret.csv')", { f: 'file' }],
    ['select {a:String} into outfile {a:String}', { a: 'out.csv' }],
  ])('%s by parameters', async (query, params) => {
    const search = new URLSearchParams({ query });
    for (const [name, value] of Object.entries(params)) search.set(`param_${name}`, value);
    const response = await fetch(`${sql.url}/?${search}`);
    expect(await response.text()).toMatch(/^Code: \d+\. DB::Exception: /);
    expect(readdirSync(folder)).toEqual(['secret.csv']);
  });

  it('settings in the address cannot loosen anything', async () => {
    const search = new URLSearchParams({
      readonly: '0',
      max_result_rows: '0',
      query: 'drop table items',
    });
    expect((await fetch(`${sql.url}/?${search}`)).status).toBe(403);
  });

  it('leaves everything as it was, for reading and for writing', async () => {
    const rows = await rowsOf(opened.warehouse, 'select itemId, title from items');
    expect(rows).toEqual([{ itemId: 'x', title: 'Ex' }]);
    await insert(opened.warehouse, 'items', [item('y', 'Why')]);
    const response = await fetch(`${sql.url}/?query=select+count()+from+items`);
    expect(await response.text()).toBe('2\n');
  });
});
