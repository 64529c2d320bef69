// One query for the command line, over HTTP from a running Millrace or from a warehouse at hand.
import { MillraceError } from '../../schemas/errors.ts';
import { createAsk } from './ask.ts';
import type { Warehouse } from './warehouse.ts';

/**
 * Where a query is sent: the URL of Millrace's HTTP endpoint, or of a ClickHouse server and the
 * database there, or an opened warehouse.
 */
export type SqlTarget = { url: string; database?: string } | { warehouse: Warehouse };

/** @param format `pretty` for people, `json` for programs (one array of rows), or any ClickHouse format
 * @returns the answer as text
 * @throws sql-failed (with the engine's words), sql-refused, clickhouse-unreachable */
export async function queryOnce(
  query: string,
  target: SqlTarget,
  format: 'pretty' | 'json' | (string & {}) = 'pretty',
): Promise<string> {
  const wanted =
    format === 'pretty' ? 'PrettyCompactMonoBlock' : format === 'json' ? 'JSONEachRow' : format;
  const text = await ('url' in target
    ? overHttp(query, target, wanted)
    : fromWarehouse(query, target.warehouse, wanted));
  if (format !== 'json') return text;
  const rows = text.split('\n').filter((line) => line.trim() !== '');
  return `[${rows.join(',\n ')}]\n`;
}

async function fromWarehouse(query: string, warehouse: Warehouse, format: string) {
  const ask = await createAsk(warehouse);
  try {
    return Buffer.from((await ask(query, { format })).body).toString('utf8');
  } catch (error) {
    if (error instanceof MillraceError) throw error;
    throw failed(error instanceof Error ? error.message : String(error), error);
  }
}

async function overHttp(
  query: string,
  { url, database }: { url: string; database?: string },
  format: string,
) {
  const address = new URL(url);
  const headers: Record<string, string> = {};
  if (database !== undefined) address.searchParams.set('database', database);
  if (address.username) {
    headers['X-ClickHouse-User'] = decodeURIComponent(address.username);
    headers['X-ClickHouse-Key'] = decodeURIComponent(address.password);
    address.username = '';
    address.password = '';
  }
  address.searchParams.set('default_format', format);
  address.searchParams.set('readonly', '1');
  let response: Response;
  try {
    response = await fetch(address, { method: 'POST', body: query, headers });
  } catch (error) {
    throw new MillraceError({
      code: 'clickhouse-unreachable',
      what: `Nothing answers SQL at ${address.host}.`,
      why: error instanceof Error ? error.message : String(error),
      todo: 'Start Millrace, or check the URL.',
      cause: error,
    });
  }
  const text = await response.text();
  if (!response.ok) throw failed(text.trim());
  return text;
}

function failed(words: string, cause?: unknown): MillraceError {
  return new MillraceError({
    code: 'sql-failed',
    what: 'ClickHouse could not answer the query.',
    why: words,
    todo: 'Tables and views: show tables; columns: describe <table>.',
    cause,
  });
}
