// `npm run test:clients`: real clients of ClickHouse, from their registries, against the SQL endpoint.
import { Command } from 'commander';
import { readConfig } from '../../app/config/read.ts';
import { clients } from './clients.ts';
import { type Row, tryClient } from './run.ts';
import { serveFilms } from './served.ts';
import { writePage } from './table.ts';

const { json, only } = new Command('test:clients')
  .description(
    'Installs each client of ClickHouse, pinned, and runs its program against the endpoint.',
  )
  .option('--only <names...>', 'these clients alone')
  .option('--json', 'one line of JSON on stdout', false)
  .parse()
  .opts<{ json: boolean; only?: string[] }>();

const wanted = clients.filter(({ name }) => !only || only.includes(name));
if (wanted.length === 0) {
  process.stderr.write(`There are ${clients.map(({ name }) => name).join(', ')}.\n`);
  process.exit(1);
}
const { partsDir } = readConfig();
const rows: Row[] = [];
{
  await using served = await serveFilms();
  for (const client of wanted) {
    process.stderr.write(`${client.name} ${client.version}\n`);
    rows.push(await tryClient(client, { partsDir, ...served }));
  }
}
const ok = rows.every((row) => row.ok);
if (ok && !only) writePage(clients, rows);
if (json) process.stdout.write(`${JSON.stringify({ rows })}\n`);
else
  for (const row of rows) {
    const tried = `${row.checks.length} checks`;
    process.stdout.write(`${row.ok ? 'ok' : 'FAILED'}\t${row.client} ${row.version}\t${tried}\n`);
    for (const why of row.failed) process.stdout.write(`\t${why}\n`);
  }
process.exitCode = ok ? 0 : 1;
