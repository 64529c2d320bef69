// Which process has the data directory, and with it the embedded ClickHouse.
import type { Warehouse } from '../infra/clickhouse/warehouse.ts';
import { lockDataDir } from '../infra/embedded/data-dir.ts';
import { stampDataDir } from '../infra/embedded/data-format.ts';
import { systemClock } from '../infra/kafka/clock.ts';
import { latestBy } from '../infra/kafka/errors-policy.ts';
import { codeOf } from '../schemas/errors.ts';
import type { Config } from './config/read.ts';
import type { Logs } from './log.ts';
import { reachableStreams, type Streams } from './streams.ts';
import { openWarehouse, readTopics } from './warehouse.ts';

/**
 * Takes the data directory if a part keeps files in it.
 * @returns whether this process has it; false also if another process has it whose broker can be
 * reached
 * @throws MillraceError `data-dir-in-use`, `data-dir-newer`
 */
export function takeDataDir(config: Config, stack: AsyncDisposableStack): boolean {
  const { kafka, registry, clickhouse, sinks } = config;
  if (kafka && registry && (clickhouse || !sinks.clickhouse)) {
    stampDataDir(config.dataDir);
    return false;
  }
  try {
    stack.use(lockDataDir(config.dataDir));
    return true;
  } catch (error) {
    if (codeOf(error) !== 'data-dir-in-use' || !reachableStreams(config)) throw error;
    return false;
  }
}

/**
 * ClickHouse, into which the topics are read. If it is left out this is undefined, and a line says so
 * unless it was asked for.
 * @param owner whether this process has the data directory
 * @throws MillraceError of ClickHouse
 */
export async function openSink(
  config: Config,
  logs: Logs,
  streams: Streams,
  owner: boolean,
  stack: AsyncDisposableStack,
): Promise<Warehouse | undefined> {
  if (!config.sinks.clickhouse) return undefined;
  if (!config.clickhouse && !owner) {
    const why = `Another process has ${config.dataDir}.`;
    logs.say(`${why} ClickHouse, SQL and the page are left out here.`);
    return undefined;
  }
  const warehouse = stack.use(await openWarehouse(config));
  stack.use(await readTopics(warehouse, streams, logs, latestBy(config.errors, systemClock)));
  return warehouse;
}
