// ClickHouse of a process: it reads the topics, and the views stand on what it has read.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createIngest, dropIngest, ensureIngest } from '../infra/clickhouse/ingest.ts';
import type { KafkaSource } from '../infra/clickhouse/kafka.ts';
import { DATABASE, openClickHouse } from '../infra/clickhouse/open.ts';
import { createViews } from '../infra/clickhouse/views.ts';
import type { Warehouse } from '../infra/clickhouse/warehouse.ts';
import { topicName } from '../infra/kafka/topics.ts';
import type { Config } from './config/read.ts';
import { type Addresses, applicationOf } from './streams.ts';

/**
 * Opens ClickHouse. An embedded one belongs to the holder of the data directory's lock.
 * @throws MillraceError of ClickHouse
 */
export function openWarehouse({ dataDir, clickhouse }: Config): Promise<Warehouse> {
  const path = join(dataDir, 'clickhouse');
  return openClickHouse({ path, ...(clickhouse && serverOf(clickhouse)) });
}

/**
 * Lets ClickHouse read the topics, which must exist, until disposed of. A server that reads a
 * lasting broker goes on reading, since other processes may look at it.
 */
export async function readTopics(
  warehouse: Warehouse,
  config: Config,
  { kafka, registry }: Addresses,
): Promise<AsyncDisposable> {
  const source: KafkaSource = {
    brokers: (config.clickhouse?.kafkaBrokers ?? kafka.brokers).join(','),
    registryUrl: config.clickhouse?.schemaRegistryUrl ?? registry.url,
    group: groupOf(config),
    topicName: (name) => topicName(name, config.topics),
  };
  const stays = warehouse.kind === 'server' && config.kafka !== undefined;
  await (stays ? ensureIngest : createIngest)(warehouse, source);
  await createViews(warehouse);
  return {
    async [Symbol.asyncDispose]() {
      if (!stays) await dropIngest(warehouse);
    },
  };
}

/**
 * Consumer group of ClickHouse. Embedded engines on one broker each read everything, so each data
 * directory has a group of its own.
 */
function groupOf(config: Config): string {
  const group = `${applicationOf(config)}-clickhouse`;
  if (config.clickhouse || !config.kafka) return group;
  const file = join(config.dataDir, 'clickhouse-group');
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, randomUUID());
  }
  return `${group}-${readFileSync(file, 'utf8').trim()}`;
}

/** A ClickHouse server: its address with the login, and the database there. */
export interface ClickHouseServer {
  readonly url: string;
  readonly database: string;
}

/**
 * The server of a configuration. The address may name the database, as other clients have it:
 * `http://host:8123/name` or `http://host:8123/?database=name`.
 */
export function serverOf({
  url,
  login,
  database,
}: NonNullable<Config['clickhouse']>): ClickHouseServer {
  const full = new URL(url);
  if (login) {
    full.username = login.username;
    full.password = login.password;
  }
  const named = decodeURIComponent(full.pathname.slice(1)) || full.searchParams.get('database');
  full.pathname = '';
  full.searchParams.delete('database');
  return { url: full.toString(), database: database ?? (named || DATABASE) };
}
