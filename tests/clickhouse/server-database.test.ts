// A ClickHouse server is asked in the database of Millrace, wherever its name stands.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../app/config/read.ts';
import { openWarehouse, serverOf } from '../../app/warehouse.ts';
import { ask } from '../../bin/commands/sql.ts';

const asked: (string | null)[] = [];
const server = createServer((request, response) => {
  asked.push(new URL(request.url!, 'http://server').searchParams.get('database'));
  request.resume();
  request.on('end', () => response.end('1\n'));
});
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked.length = 0;
});

const serverIn = (variables: Record<string, string>) => serverOf(readConfig(variables).clickhouse!);

describe('the database of a ClickHouse server', () => {
  it.each([
    ['http://house:8123', undefined, 'millrace'],
    ['http://house:8123/', undefined, 'millrace'],
    ['http://house:8123/shop', undefined, 'shop'],
    ['http://house:8123/?database=shop', undefined, 'shop'],
    ['http://house:8123/shop', 'other', 'other'],
  ])('%s and %s: %s', (address, named, database) => {
    const variables = {
      CLICKHOUSE_URL: address,
      ...(named === undefined ? {} : { CLICKHOUSE_DATABASE: named }),
    };
    expect(serverIn(variables)).toEqual({ url: 'http://house:8123/', database });
  });

  it('keeps other parameters of the address, and takes the login', () => {
    const variables = {
      CLICKHOUSE_URL: 'http://house:8123/shop?session_timeout=5',
      CLICKHOUSE_USERNAME: 'me',
      CLICKHOUSE_PASSWORD: 'p@ss',
    };
    expect(serverIn(variables).url).toBe('http://me:p%40ss@house:8123/?session_timeout=5');
  });

  it('is refused where it cannot stand in SQL', async () => {
    expect(() => readConfig({ CLICKHOUSE_DATABASE: 'a-b', CLICKHOUSE_URL: url })).toThrow(
      /letters, digits and underscores/,
    );
    await expect(openWarehouse(readConfig({ CLICKHOUSE_URL: `${url}/a-b` }))).rejects.toMatchObject(
      {
        code: 'clickhouse-database-name',
      },
    );
  });

  it('is named by `sql`', async () => {
    expect(await ask('select 1', readConfig({ CLICKHOUSE_URL: url }), 'TabSeparated')).toBe('1\n');
    await ask('select 1', readConfig({ CLICKHOUSE_URL: `${url}/shop` }), 'TabSeparated');
    expect(asked).toEqual(['millrace', 'shop']);
  });

  it('is named by an opened warehouse, once it was made', async () => {
    await using warehouse = await openWarehouse(readConfig({ CLICKHOUSE_URL: `${url}/shop` }));
    await warehouse.reader.read('select 1');
    await warehouse.client.command({ query: 'select 1' });
    expect(warehouse.database).toBe('shop');
    // The first one makes the database, and so names none.
    expect(asked.slice(1)).toEqual(['shop', 'shop']);
  });
});
