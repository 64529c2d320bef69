// The page of a running Millrace, with the explanations that people rate.
import '../streams/engine/disposable-stack.ts';
import { rowsOf, type Warehouse } from '../infra/clickhouse/warehouse.ts';
import type { Listening } from '../infra/http/listen.ts';
import type { Operations } from '../infra/http/operations.ts';
import { serveDashboard } from '../infra/http/server.ts';
import { dashboardSource } from '../infra/http/source.ts';
import { outlineOf } from '../streams/engine/outline.ts';
import type { Topology } from '../streams/engine/topology.ts';
import type { Config } from './config/read.ts';
import type { Counters } from './counters.ts';
import { openExplanations } from './explanations.ts';
import type { Logs } from './log.ts';
import type { Streams } from './streams.ts';

export interface PageOptions {
  readonly streams: Streams;
  readonly warehouse: Warehouse;
  /** The topology that the page draws. */
  readonly topology: Topology;
  readonly counters: Counters;
  readonly operations: Operations;
}

/**
 * Serves the page on the first free port from the one wanted.
 * @throws MillraceError `dashboard-port`
 */
export async function servePage(
  { host, hostNames: names, port, outcomes }: Config,
  { say }: Logs,
  { streams, warehouse, topology, counters, operations }: PageOptions,
): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const explanations = stack.use(await openExplanations({ ...streams, warehouse }, Date.now));
  const page: Listening = stack.use(
    await serveDashboard({
      host,
      names,
      port,
      state: dashboardSource({
        query: (sql) => rowsOf(warehouse, sql),
        live: () => counters.snapshot(),
        outcomes,
      }),
      topology: outlineOf(topology),
      operations,
      explanations,
    }),
  );
  say(`Dashboard: ${page.url}`);
  return stack.move();
}
