// ClickHouse of a process: the topics are read into it, and the views stand on what it holds.
import '../streams/engine/disposable-stack.ts';
import { join } from 'node:path';
import { DATABASE } from '../infra/clickhouse/database-name.ts';
import { startIngest } from '../infra/clickhouse/ingest/start.ts';
import { openClickHouse } from '../infra/clickhouse/open.ts';
import { createViews } from '../infra/clickhouse/views.ts';
import type { Warehouse } from '../infra/clickhouse/warehouse.ts';
import type { LatestTime } from '../infra/kafka/errors-policy.ts';
import type { Config } from './config/read.ts';
import type { Logs } from './log.ts';
import type { Streams } from './streams.ts';

/**
 * Opens ClickHouse. An embedded one belongs to the holder of the data directory's lock.
 * @throws MillraceError of ClickHouse
 */
export function openWarehouse({ dataDir, clickhouse }: Config): Promise<Warehouse> {
  const path = join(dataDir, 'clickhouse');
  return openClickHouse({ path, ...(clickhouse && serverOf(clickhouse)) });
}

/**
 * Reads the topics, which must exist, into ClickHouse until disposed of.
 * @param latest gives the latest event time of a topic that is let in now, ms. @default any is
 */
export async function readTopics(
  warehouse: Warehouse,
  streams: Streams,
  { log }: Pick<Logs, 'log'>,
  latest?: LatestTime,
): Promise<AsyncDisposable> {
  await using ingest = new AsyncDisposableStack();
  ingest.use(await startIngest({ ...streams, warehouse, log, latest }));
  await createViews(warehouse);
  return ingest.move();
}

/** A ClickHouse server: its address with the login, and the database there. */
export interface ClickHouseServer {
  readonly url: string;
  readonly database: string;
  readonly cluster?: string | undefined;
}

/**
 * The server of a configuration. The address may name the database, as other clients have it:
 * `http://host:8123/name` or `http://host:8123/?database=name`.
 */
export function serverOf({
  url,
  login,
  database,
  cluster,
}: NonNullable<Config['clickhouse']>): ClickHouseServer {
  const full = new URL(url);
  if (login) {
    full.username = login.username;
    full.password = login.password;
  }
  const named = decodeURIComponent(full.pathname.slice(1)) || full.searchParams.get('database');
  full.pathname = '';
  full.searchParams.delete('database');
  return { url: full.toString(), database: database ?? (named || DATABASE), cluster };
}
