// A read-only HTTP endpoint in the ClickHouse dialect, so that any client can query what runs here.
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Ask, createAsk } from '../clickhouse/ask.ts';
import { refuse } from '../clickhouse/guard/refuse.ts';
import type { Warehouse } from '../clickhouse/warehouse.ts';
import { codeIn, contentType, statusOf } from './sql-dialect.ts';
import { takeTurns } from './turns.ts';

export interface SqlServerOptions {
  /** Address to listen on. @default '127.0.0.1' */
  host?: string;
  /** Port to listen on; 0 takes a free one. @default 8123 */
  port?: number;
  /** Number of queries that run at once; each holds a worker thread of Node. @default 2 */
  concurrency?: number;
  /** Number of queries that may wait; a further one is refused with code 202. @default 14 */
  waiting?: number;
}

export interface SqlServer extends AsyncDisposable {
  readonly url: string;
}

const bodyLimit = 1_048_576;

/** GET /ping; GET /?query=…; POST / with the query in the body, or begun in `query` and ended in
 * the body. Understands `database`, `default_format`, `param_<name>`, `X-ClickHouse-Format`,
 * `X-ClickHouse-Database`; other settings are the server's own and a request cannot change them.
 * @throws the listen error, such as EADDRINUSE */
export async function serveSql(
  warehouse: Warehouse,
  { host = '127.0.0.1', port = 8123, concurrency = 2, waiting = 14 }: SqlServerOptions = {},
): Promise<SqlServer> {
  const ask = await createAsk(warehouse);
  const turns = takeTurns(concurrency, waiting);
  const app = Fastify({ bodyLimit, routerOptions: { maxParamLength: bodyLimit } });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.get('/ping', (_request, reply) => reply.type('text/html; charset=UTF-8').send('Ok.\n'));
  const route = (request: FastifyRequest, reply: FastifyReply) =>
    turns(() => respond(ask, warehouse.database, request, reply));
  app.get('/', route);
  app.post('/', route);
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    fail(reply, error),
  );
  await app.listen({ host, port });
  const address = app.server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    [Symbol.asyncDispose]: () => app.close(),
  };
}

async function respond(ask: Ask, database: string, request: FastifyRequest, reply: FastifyReply) {
  const search = new URL(request.url, 'http://local').searchParams;
  const header = (name: string) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const wanted = search.get('database') ?? header('x-clickhouse-database') ?? database;
  // Clients that were not told a database say `default`.
  if (wanted !== database && wanted !== 'default')
    refuse('UNKNOWN_DATABASE', `Database ${wanted} does not exist; there is ${database}`);
  const query = [search.get('query') ?? '', await bodyOf(request)].filter(Boolean).join('\n');
  if (query === '') return reply.type('text/html; charset=UTF-8').send('Ok.\n');
  const format = search.get('default_format') ?? header('x-clickhouse-format') ?? 'TabSeparated';
  if (!/^[A-Za-z0-9]+$/.test(format)) refuse('UNKNOWN_FORMAT', 'Unknown format');
  const params: Record<string, string> = {};
  for (const [name, value] of search)
    if (name.startsWith('param_')) params[name.slice('param_'.length)] = value;
  const started = process.hrtime.bigint();
  const answer = await ask(query, { format, params });
  return reply
    .header('X-ClickHouse-Query-Id', search.get('query_id') ?? randomUUID())
    .header('X-ClickHouse-Format', answer.format)
    .header('X-ClickHouse-Timezone', 'UTC')
    .header('X-ClickHouse-Summary', summary(process.hrtime.bigint() - started))
    .type(contentType(answer.format))
    .send(Buffer.from(answer.body));
}

// The embedded engine does not count rows for us; clients want the fields, as text.
function summary(elapsed: bigint): string {
  const zero = { read_rows: '0', read_bytes: '0', written_rows: '0', written_bytes: '0' };
  return JSON.stringify({ ...zero, elapsed_ns: elapsed.toString() });
}

async function bodyOf(request: FastifyRequest): Promise<string> {
  const body = request.body;
  if (!Buffer.isBuffer(body)) return '';
  if (request.headers['content-encoding'] !== 'gzip') return body.toString('utf8');
  try {
    return (await promisify(gunzip)(body, { maxOutputLength: bodyLimit })).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      refuse('QUERY_IS_TOO_LARGE', `The query is longer than ${bodyLimit} bytes`);
    refuse('CANNOT_DECOMPRESS', 'The body is not what Content-Encoding says');
  }
}

function fail(reply: FastifyReply, error: Error & { statusCode?: number }) {
  const tooLarge = error.statusCode === 413;
  const text = tooLarge
    ? `Code: 307. DB::Exception: The query is longer than ${bodyLimit} bytes. (QUERY_IS_TOO_LARGE)`
    : error.message;
  const code = codeIn(text);
  return reply
    .code(statusOf(code))
    .header('X-ClickHouse-Exception-Code', String(code))
    .type('text/plain; charset=UTF-8')
    .send(`${/^Code: \d+/.test(text) ? text : `Code: ${code}. DB::Exception: ${text}`}\n`);
}
