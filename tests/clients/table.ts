// The table of clients in docs/clients.md.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Client } from './clients.ts';
import type { Row } from './run.ts';

const page = new URL('../../docs/clients.md', import.meta.url);
const marks = /(<!-- clients: written by npm run test:clients -->\n)[\s\S]*?(<!-- end -->)/;

function tableOf(clients: readonly Client[], rows: readonly Row[]): string {
  const lines = rows.map((row, index) => {
    const { language = '' } = clients[index] ?? {};
    return `| \`${row.client}\` | ${language} | ${row.version} | ${row.checks.join('; ')} |`;
  });
  return ['| client | for | version | checks, all green |', '|---|---|---|---|', ...lines].join(
    '\n',
  );
}

/** Whether the page has the table of these rows; every row must be ok. */
export function pageIsTrue(clients: readonly Client[], rows: readonly Row[]): boolean {
  return readFileSync(page, 'utf8').includes(tableOf(clients, rows));
}

export function writePage(clients: readonly Client[], rows: readonly Row[]): void {
  const text = readFileSync(page, 'utf8');
  const next = text.replace(
    marks,
    (_, begin, end) => `${begin}\n${tableOf(clients, rows)}\n\n${end}`,
  );
  if (next !== text) writeFileSync(page, next);
}
