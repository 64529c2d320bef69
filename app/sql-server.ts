// The SQL endpoint of a running Millrace, and where `millrace sql` finds it.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Warehouse } from '../infra/clickhouse/warehouse.ts';
import { freePort } from '../infra/embedded/ports.ts';
import { serveSql } from '../infra/http/sql/server.ts';
import type { Config } from './config/read.ts';
import type { Logs } from './log.ts';

/** Path of the file that holds the endpoint's address while one runs. */
export const addressFile = (config: Pick<Config, 'dataDir'>) =>
  join(config.dataDir, 'run', 'sql.url');

/** Serves read-only SQL on the first free port from the one wanted. */
export async function serveQueries(
  warehouse: Warehouse,
  config: Config,
  { say }: Logs,
  onAnswered?: (status: number, seconds: number) => void,
): Promise<AsyncDisposable> {
  const { host, hostNames: names } = config;
  const port = await freePort(config.sqlPort, host);
  const server = await serveSql(warehouse, { host, names, port, onAnswered });
  writeFileSync(addressFile(config), server.url);
  say(`SQL (read-only, ClickHouse dialect): ${server.url}`);
  return {
    async [Symbol.asyncDispose]() {
      rmSync(addressFile(config), { force: true });
      await server[Symbol.asyncDispose]();
    },
  };
}
