// The server of the HTTP interface: each route behind the same checks, in this order: host, token, rate,
// number at once, body, shape, deadline.

import { randomUUID } from 'node:crypto';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { MillraceError } from '../../../schemas/errors.ts';
import { traceHeader } from '../../../streams/engine/tracing.ts';
import { forPeople } from '../../kafka/failures.ts';
import { guard } from '../guard.ts';
import { type Listening, listen } from '../listen.ts';
import { hostCheck, isLoopback } from '../security.ts';
import { Access, type Caller } from './access.ts';
import { AnsweredError, asAnswer, bodyOf, statusOf } from './answer-error.ts';
import { callFor, within } from './deadline.ts';
import { about, documented, longestDeadlineMs, refResolver, shared } from './document.ts';
import { forwardedHeader } from './forward.ts';
import { parsed, requestInvalid } from './input.ts';
import type { Call } from './ports.ts';
import type { ApiRoute } from './route.ts';

export interface ApiLimits {
  /** Largest body, bytes. */
  readonly bodyBytes: number;
  /** Requests a second by one token, or by one address without tokens. */
  readonly ratePerSecond: number;
  /** Requests that are answered at once. */
  readonly concurrency: number;
  /** Time that a request without x-deadline-ms may take, ms. */
  readonly deadlineMs: number;
}

export interface ApiOptions {
  readonly routes: readonly ApiRoute[];
  readonly limits: ApiLimits;
  /** Path of the file of tokens. */
  readonly tokensFile: string;
  readonly log: Logger;
  readonly host: string;
  /** First port to try; 0 takes any. */
  readonly port: number;
  /** Told of each answer: the route, its status, and the time it took, s. @default nobody */
  readonly onAnswered?: ((route: string, status: number, seconds: number) => void) | undefined;
  /** Told of each request that is refused for being one too many, and why. @default nobody */
  readonly onRejected?: ((by: 'rate' | 'concurrency') => void) | undefined;
}

/**
 * Serves until disposed of.
 * @throws MillraceError `dashboard-port` when no port could be taken, `tokens-unreadable`
 */
export async function serveApi(options: ApiOptions): Promise<Listening> {
  const app = await buildApi(options);
  return await listen(app, options.host, options.port, 'The HTTP interface');
}

/** The server with every route, not listening yet. @throws MillraceError `tokens-unreadable` */
export async function buildApi(options: ApiOptions): Promise<FastifyInstance> {
  const { routes, limits, host, log } = options;
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
    frameworkErrors: (error, request, reply) => fail(error, request, reply, log),
  });
  app.removeContentTypeParser('text/plain'); // JSON alone is read
  // Shapes are checked by zod, for ajv would turn 5 into "5"; answers go out as they are.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler((error, request, reply) =>
    request.is404
      ? unknownRoute(routes, request, reply, log) // a method that fastify refuses for its body
      : fail(error, request, reply, log),
  );
  app.setNotFoundHandler((request, reply) => unknownRoute(routes, request, reply, log));
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  guard(app, isLoopback(host.toLowerCase()) ? hostCheck(host) : () => true);
  for (const schema of shared) app.addSchema(schema);
  await app.register(fastifySwagger, { openapi: about, refResolver });
  await app.register(fastifyRateLimit, { global: false });
  const checks = checksOf(app, options);
  for (const route of routes) addRoute(app, route, checks, options);
  app.get('/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
  return app;
}

/** Makes the checks that come before a body is read. */
function checksOf(app: FastifyInstance, { limits, tokensFile, onRejected }: ApiOptions) {
  const access = new Access(tokensFile);
  const callers = new WeakMap<FastifyRequest, Caller>();
  const rate = app.createRateLimit({
    max: limits.ratePerSecond,
    timeWindow: 1_000,
    keyGenerator: (request) => callers.get(request)?.name ?? request.ip,
  });
  let running = 0;
  return (route: ApiRoute) => async (request: FastifyRequest, reply: FastifyReply) => {
    if (route.scope === null) return;
    callers.set(request, access.check(request, route.scope));
    const found = await rate(request);
    if (!found.isAllowed && found.isExceeded) {
      reply.header('retry-after', String(Math.max(1, found.ttlInSeconds)));
      onRejected?.('rate');
      throw tooMany(`It is more than ${limits.ratePerSecond} in a second.`);
    }
    if (running >= limits.concurrency) {
      reply.header('retry-after', '1');
      onRejected?.('concurrency');
      throw tooMany(`${limits.concurrency} are being answered already.`);
    }
    running++;
    reply.raw.once('close', () => running--);
  };
}

function addRoute(
  app: FastifyInstance,
  route: ApiRoute,
  checks: ReturnType<typeof checksOf>,
  { limits, onAnswered }: ApiOptions,
): void {
  app.route({
    method: route.method,
    url: route.url,
    schema: documented(route),
    onRequest: checks(route),
    async onResponse(_request, reply) {
      onAnswered?.(route.url, reply.statusCode, reply.elapsedTime / 1000);
    },
    async handler(request, reply) {
      const key = keyOf(request);
      const body = route.body && parsed(route.body, request.body);
      using bounded = callFor(deadlineOf(request) ?? limits.deadlineMs);
      const call: Call = {
        ...{ deadline: bounded.deadline, signal: bounded.signal, requestId: request.id },
        authorization: request.headers.authorization,
        forwarded: request.headers[forwardedHeader] !== undefined,
        traceParent: contextOf(request),
      };
      const gone = () => bounded.end(new Error('whoever asked has gone'));
      reply.raw.once('close', gone);
      const params = (request.params ?? {}) as Readonly<Record<string, string>>;
      const header = (name: string, value: string) => void reply.header(name, value);
      return await within(call, route.handle({ body, params, key, call, header }));
    },
  });
}

/** @throws MillraceError `request-invalid` */
function keyOf({ headers }: FastifyRequest): string | undefined {
  const given = headers['idempotency-key'];
  if (given === undefined) return undefined;
  // The draft of the standard has it in quotes, and hardly anybody does.
  const key = /^"(.*)"$/.exec(String(given))?.[1] ?? String(given);
  if (/^[!-~]{1,512}$/.test(key)) return key;
  throw headerInvalid('idempotency-key', 'up to 512 visible characters of ASCII are wanted');
}

/** @throws MillraceError `request-invalid` */
function deadlineOf({ headers }: FastifyRequest): number | undefined {
  const given = headers['x-deadline-ms'];
  if (given === undefined) return undefined;
  const ms = /^\d{1,5}$/.test(String(given)) ? Number(given) : 0;
  if (ms >= 1 && ms <= longestDeadlineMs) return ms;
  throw headerInvalid('x-deadline-ms', `a whole number from 1 to ${longestDeadlineMs} is wanted`);
}

/** What cannot be read as a context is none, as the recommendation of W3C has it. */
function contextOf({ headers }: FastifyRequest): string | undefined {
  const given = String(headers[traceHeader] ?? '');
  return /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}(?:-[!-~]{0,200})?$/.test(given)
    ? given
    : undefined;
}

function headerInvalid(field: string, problem: string): MillraceError {
  return requestInvalid([{ code: 'request-invalid', field, problem }]);
}

function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[A-Za-z0-9._:-]{1,128}$/.test(given) ? given : randomUUID();
}

function tooMany(why: string): MillraceError {
  return new MillraceError({
    code: 'too-many-requests',
    what: 'There are too many requests.',
    why,
    todo: 'Come again after the time in retry-after, with the same Idempotency-Key; or raise api.ratePerSecond or api.concurrency.',
    remedy: 'retry',
  });
}

function unknownRoute(
  routes: readonly ApiRoute[],
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  const path = request.url.split('?')[0]!;
  const methods = routes.filter(({ url }) => matches(url, path)).map(({ method }) => method);
  if (methods.length > 0) reply.header('allow', methods.join(', '));
  const error = new AnsweredError(
    {
      code: 'route-unknown',
      what: `There is no ${request.method} here.`,
      why: methods.length > 0 ? `This address takes ${methods.join(', ')}.` : 'No such address.',
      todo: 'Look at /v1/openapi.json for the addresses there are.',
    },
    { status: methods.length > 0 ? 405 : 404 },
  );
  return fail(error, request, reply, log);
}

const matches = (url: string, path: string) =>
  new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}$`).test(path);

function fail(thrown: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger) {
  const error = asAnswer(forPeople(thrown));
  const status = statusOf(error);
  if (status >= 500) log.error({ err: thrown, requestId: request.id, url: request.url }, 'HTTP');
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (status === 503) reply.header('retry-after', '1');
  reply.header('x-request-id', request.id);
  return reply.code(status).type('application/json; charset=utf-8').send(bodyOf(error, request.id));
}
