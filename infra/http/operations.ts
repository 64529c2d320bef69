// Endpoints for an operator's tools: metrics, health and readiness.
import fastify, { type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { Readiness } from '../metrics/task-board.ts';
import { guard } from './guard.ts';
import { type Listening, listen } from './listen.ts';
import { hostCheck, isLoopback } from './security.ts';

export interface Operations {
  readonly registry: Pick<Registry, 'metrics' | 'contentType'>;
  readonly readiness: () => Readiness | Promise<Readiness>;
}

/**
 * Adds `/health` (200 while the process answers), `/ready` (503 with the reasons while it is not
 * ready) and `/metrics` (Prometheus text).
 */
export function addOperations(app: FastifyInstance, operations?: Operations): void {
  app.get('/health', async () => ({ status: 'ok' }));
  if (!operations) return;
  const { registry, readiness } = operations;
  app.get('/ready', async (_request, reply) => {
    const state = await readiness();
    return reply.code(state.ready ? 200 : 503).send(state);
  });
  app.get('/metrics', async (_request, reply) => {
    const text = await registry.metrics();
    return reply.type(registry.contentType).send(text);
  });
}

/**
 * Serves the operations of a process that has no page, until disposed of. Taken ports are stepped over.
 * @throws MillraceError `dashboard-port` when no port could be taken
 */
export async function serveOperations(
  operations: Operations,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const app = fastify({ forceCloseConnections: true, bodyLimit: 1024 });
  // Opened to a network on purpose, it is found by whatever name the scraper's discovery gives it.
  guard(app, isLoopback(host.toLowerCase()) ? hostCheck(host) : () => true);
  addOperations(app, operations);
  return await listen(app, host, port, 'The operations endpoint');
}
