// A read-only HTTP endpoint in the ClickHouse dialect, so that any client can query what runs here.
import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Answer, type Ask, createAsk } from '../../clickhouse/ask.ts';
import { killOf } from '../../clickhouse/guard/kill.ts';
import { refuse } from '../../clickhouse/guard/refuse.ts';
import type { Warehouse } from '../../clickhouse/warehouse.ts';
import { nativeFor } from '../../clickhouse/wire/native.ts';
import { hostCheck } from '../security.ts';
import { checkCaller } from './caller.ts';
import { type Content, encoded, framed } from './content.ts';
import { contentType, summary } from './dialect.ts';
import { bodyLimit, fail } from './fail.ts';
import { answerKill } from './kill.ts';
import { readRequest, type SqlRequest } from './request.ts';
import { RunningQueries } from './running.ts';
import { takeTurns } from './turns.ts';

export interface SqlServerOptions {
  /** Address to listen on. @default '127.0.0.1' */
  host?: string;
  /** Host names that are answered to, besides loopback's and the address. @default none */
  names?: string[];
  /** Port to listen on; 0 takes a free one. @default 8123 */
  port?: number;
  /** Number of queries that run at once; each holds a worker thread of Node. @default 2 */
  concurrency?: number;
  /** Number of queries that may wait; a further one is refused with code 202. @default 14 */
  waiting?: number;
  /** Called after each answer, with its status and the time it took. @default nobody counts */
  onAnswered?: ((status: number, seconds: number) => void) | undefined;
}

export interface SqlServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * GET /ping; GET /?query=…; POST / with the query in the body, or begun in `query` and ended in the body,
 * or in a form. A query ends with its client. docs/clients.md says what is understood.
 * @throws the listen error, such as EADDRINUSE
 */
export async function serveSql(
  warehouse: Warehouse,
  options: SqlServerOptions = {},
): Promise<SqlServer> {
  const { host = '127.0.0.1', port = 8123, concurrency = 2, waiting = 14 } = options;
  const ask = await createAsk(warehouse);
  const endpoint: Endpoint = {
    ask,
    database: warehouse.database,
    running: new RunningQueries(),
    turns: takeTurns(concurrency, waiting),
  };
  const app = Fastify({ bodyLimit, routerOptions: { maxParamLength: bodyLimit } });
  const { onAnswered } = options;
  if (onAnswered) {
    app.addHook('onResponse', async (_request, reply) =>
      onAnswered(reply.statusCode, reply.elapsedTime / 1000),
    );
  }
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  checkCaller(app, hostCheck(host, options.names));
  app.get('/ping', (_request, reply) => reply.type('text/html; charset=UTF-8').send('Ok.\n'));
  const route = (request: FastifyRequest, reply: FastifyReply) => respond(endpoint, request, reply);
  app.get('/', route);
  app.post('/', route);
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    fail(reply, error, ask.version),
  );
  await app.listen({ host, port });
  const address = app.server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async [Symbol.asyncDispose]() {
      endpoint.running.endAll();
      await app.close();
    },
  };
}

interface Endpoint {
  ask: Ask;
  database: string;
  running: RunningQueries;
  turns: ReturnType<typeof takeTurns>;
}

async function respond(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply) {
  const { database, ask, running } = endpoint;
  const started = process.hrtime.bigint();
  const asked = await readRequest(request, bodyLimit);
  const id = asked.queryId || randomUUID();
  reply.headers({
    'X-ClickHouse-Query-Id': id,
    'X-ClickHouse-Server-Display-Name': 'millrace',
    'X-ClickHouse-Timezone': asked.settings.session_timezone || ask.timezone,
  });
  const wanted = asked.database ?? database;
  // Clients that were not told a database say `default`.
  if (wanted !== database && wanted !== 'default')
    refuse('UNKNOWN_DATABASE', `Database ${wanted} does not exist; there is ${database}`);
  if (asked.query === '') return reply.type('text/html; charset=UTF-8').send('Ok.\n');
  const kill = killOf(asked.query);
  // Nobody waits for a turn to end what holds the turns.
  if (kill) return send(reply, asked, await answerKill(kill, running, asked, ask), started);
  const end = new AbortController();
  const gone = () => {
    if (!reply.raw.writableFinished) end.abort();
  };
  reply.raw.once('close', gone);
  try {
    using _entry = running.add({ id, user: asked.user, query: asked.query, end });
    const { query, params, settings, format } = asked;
    const work = () => ask(query, { format, params, settings, signal: end.signal });
    await send(reply, asked, await endpoint.turns(work, end.signal), started);
  } finally {
    reply.raw.off('close', gone);
  }
  return reply;
}

async function send(reply: FastifyReply, asked: SqlRequest, answer: Answer, started: bigint) {
  const whole = Buffer.from(answer.body);
  const body = answer.format === 'Native' ? nativeFor(whole, asked.protocol) : whole;
  const content: Content = asked.frames
    ? { body: await framed(body, asked.frames) }
    : await encoded(body, asked.codings);
  if (content.coding) reply.header('Content-Encoding', content.coding);
  return await reply
    .headers({
      'X-ClickHouse-Format': answer.format,
      'X-ClickHouse-Summary': summary(answer.counts, process.hrtime.bigint() - started),
      Vary: 'Accept-Encoding',
    })
    .type(contentType(answer.format))
    .send(content.body);
}
