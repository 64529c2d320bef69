// Real clients of ClickHouse against the SQL endpoint; docs/clients.md has their table.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../app/config/read.ts';
import { clients } from './clients.ts';
import { type Row, tryClient, whyMissing } from './run.ts';
import { type Served, serveFilms } from './served.ts';
import { pageIsTrue } from './table.ts';

const missing = await Promise.all(clients.map(whyMissing));
const rows: Row[] = [];
let served: Served;
beforeAll(async () => {
  served = await serveFilms();
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
});

describe('clients of ClickHouse', () => {
  for (const [index, client] of clients.entries()) {
    const why = missing[index];
    const test = why ? it.skip : it;
    // The first run fetches the client, and compiles the one in Rust.
    test(`${client.name} ${client.version}${why ? `: ${why}` : ''}`, async () => {
      const row = await tryClient(client, { partsDir: readConfig().partsDir, ...served });
      rows.push(row);
      expect(row).toMatchObject({ ok: true, failed: [] });
      expect(row.checks.length).toBeGreaterThan(5);
    }, 600_000);
  }

  const all = missing.every((why) => why === undefined);
  (all ? it : it.skip)('are in the table of docs/clients.md', () => {
    expect(pageIsTrue(clients, rows)).toBe(true);
  });
});
