// The dashboard's web server: the page, its state as JSON, and the same pushed as it changes.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';
import type { TopologyOutline } from '../../streams/engine/outline.ts';
import { startEvents } from './events.ts';
import { addExplanations, type Explanations } from './explanations.ts';
import { guard } from './guard.ts';
import { Hub, type HubOptions } from './hub.ts';
import { type Listening, listen } from './listen.ts';
import { addOperations, type Operations } from './operations.ts';
import { hostCheck } from './security.ts';
import type { DashboardState } from './state.ts';

export interface DashboardOptions extends HubOptions {
  /** Reads the state as of now; `dashboardSource` makes such a function. */
  state: () => Promise<DashboardState>;
  /** Stages that the page draws; each reader gets them first. @default no stages */
  topology?: TopologyOutline;
  /** Address to listen on. @default '127.0.0.1' */
  host?: string;
  /** First port to try; 0 takes any. @default 8080 */
  port?: number;
  /** Further names by which browsers reach this server, if it is not bound to loopback. */
  names?: string[];
  /** Pause between two readings of the state, ms. @default 1000 */
  everyMs?: number;
  /** Longest time between two pushes on `/events`, ms. @default 5000 */
  heartbeatMs?: number;
  /** Adds `/metrics` and `/ready`, behind the same host check. @default `/health` alone */
  operations?: Operations;
  /** Adds `/explanations`, where people rate them. @default no such page */
  explanations?: Explanations;
}

const pageFolder = fileURLToPath(new URL('./public/', import.meta.url));
const chartFolder = dirname(createRequire(import.meta.url).resolve('uplot'));
const retryAfter = '10';

/**
 * Serves the dashboard until it is disposed of.
 * @throws MillraceError `dashboard-port` when no port could be taken
 */
export async function serveDashboard(options: DashboardOptions): Promise<Listening> {
  const { state, host = '127.0.0.1', port = 8080 } = options;
  const app = fastify({ forceCloseConnections: true, bodyLimit: 64 * 1024 });
  const hub = new Hub(options);
  const stop = startEvents({
    state,
    hub,
    everyMs: options.everyMs ?? 1000,
    heartbeatMs: options.heartbeatMs ?? 5000,
  });
  app.addHook('preClose', () => {
    stop();
    hub.close();
  });
  guard(app, hostCheck(host, options.names));
  addRoutes(app, options, hub);
  addOperations(app, options.operations);
  addExplanations(app, options.explanations);
  app.register(fastifyStatic, { root: pageFolder, cacheControl: false });
  app.register(fastifyStatic, {
    root: chartFolder,
    prefix: '/vendor/',
    decorateReply: false,
    cacheControl: false,
  });
  return await listen(app, host, port);
}

function addRoutes(app: FastifyInstance, { state, topology }: DashboardOptions, hub: Hub): void {
  app.get('/api/state', async (_request, reply) => {
    try {
      return await state();
    } catch (error) {
      return reply.code(503).send({ code: 'state-unavailable', what: String(error) });
    }
  });

  app.get('/events', async (_request, reply) => {
    if (hub.full) {
      reply.code(503).header('retry-after', retryAfter);
      return { code: 'too-many-readers', what: 'Too many pages are open.' };
    }
    const headers = reply.getHeaders() as Record<string, string>;
    reply.hijack();
    reply.raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
    reply.raw.write('retry: 2000\n\n');
    hub.add(reply.raw);
    if (topology) hub.send(reply.raw, 'topology', JSON.stringify(topology));
    try {
      hub.send(reply.raw, 'state', JSON.stringify(await state()));
    } catch (error) {
      hub.send(reply.raw, 'trouble', JSON.stringify({ error: String(error) }));
    }
  });
}
