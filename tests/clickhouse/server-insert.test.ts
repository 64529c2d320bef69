// What a ClickHouse server is sent: rows as an Avro file in the body, the statement beside it.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { Landing } from '../../infra/clickhouse/ingest/landing.ts';
import { openClickHouse } from '../../infra/clickhouse/open.ts';
import { topicTables } from '../../infra/clickhouse/tables.ts';
import { createCodec, headerBytes } from '../../schemas/codec.ts';
import { items } from '../../schemas/topics/items.ts';
import { itemOf } from '../support/events.ts';

async function recordingServer() {
  const calls: { query: string; body: Buffer }[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const body = await buffer(request);
    const named = new URL(request.url ?? '', 'http://x').searchParams.get('query');
    calls.push({ query: named ?? body.toString(), body });
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { calls, url, [Symbol.asyncDispose]: async () => void server.close() };
}

it('lands rows, then deletions, then positions', async () => {
  await using server = await recordingServer();
  await using warehouse = await openClickHouse({ url: server.url, path: '' });
  server.calls.length = 0;
  const table = topicTables.find(({ of }) => of === items)!;
  const landing = new Landing(warehouse, topicTables);
  const datum = createCodec(items, 1).encode(itemOf('x')).subarray(headerBytes);
  landing.add(table, { partition: 0, offset: 300, key: 'x' }, datum);
  landing.delete(table, { partition: 0, offset: 301, key: "it's" });
  landing.passed({ topic: 'items', partition: 0, next: 302 });
  await landing.land();
  const [rows, deletion, positions] = server.calls;
  expect(server.calls).toHaveLength(3);
  expect(rows!.query).toMatch(
    /^insert into millrace\.items \(`itemId`, .*, _partition, _offset, _key\) select .* from input\('.*'\) format Avro$/,
  );
  expect(rows!.body.subarray(0, 4)).toEqual(Buffer.from('Obj\x01'));
  // Partition 0 and offset 300 as zigzag numbers, the key with its length, then the record's own bytes.
  const row = Buffer.concat([Buffer.from([0, 0xd8, 0x04, 2]), Buffer.from('x'), datum]);
  expect(rows!.body.includes(row)).toBe(true);
  expect(deletion!.query).toContain(
    "where _key in ('it\\'s') and _offset < map('it\\'s', 301)[_key]",
  );
  expect(positions!.query).toContain('ingest_positions');
  expect(landing.isEmpty).toBe(true);
});
