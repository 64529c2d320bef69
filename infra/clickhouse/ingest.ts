// ClickHouse reads the topics itself: makes, and takes away, what connects it to a broker.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectionOf, ingestDatabase, type KafkaSource, sourceName } from './kafka.ts';
import { changeColumns, dataTables, topicTables } from './tables.ts';
import { execute, rowsOf, type Warehouse } from './warehouse.ts';

/** Makes the data tables where they are missing; the ones that are there keep their rows and get
 * the columns and names of columns that their schema gained. */
export async function createTables(warehouse: Warehouse): Promise<void> {
  const { database } = warehouse;
  for (const statement of dataTables(database)) await execute(warehouse, statement);
  const columns = await rowsOf<{ table: string; names: string[] }>(
    warehouse,
    `select table, groupArray(name) as names from system.columns where database = '${database}' group by table`,
  );
  const present = new Map(columns.map(({ table, names }) => [table, new Set(names)]));
  for (const topic of topicTables) {
    const statement = changeColumns(database, topic, present.get(topic.table) ?? new Set());
    if (statement) await execute(warehouse, statement);
  }
}

/**
 * Starts reading the topics, which must exist. The broker keeps how far each topic was read, under
 * the consumer group; so dropping and making the Kafka tables again, for instance because the
 * broker's port has changed, reads nothing twice.
 */
export async function createIngest(warehouse: Warehouse, source: KafkaSource): Promise<void> {
  await dropIngest(warehouse);
  await createTables(warehouse);
  const name = ingestDatabase(warehouse.database);
  const statements = connections(warehouse, source);
  const comment = digest(statements);
  await execute(warehouse, `create database ${name} engine = Memory comment '${comment}'`);
  for (const statement of statements) await execute(warehouse, statement);
}

/** Time that another process's connecting of a server is waited for, ms. */
const connectingMs = 20_000;

/**
 * Starts reading the topics, which must exist, unless the server reads them already as wanted.
 * Processes that share a server so leave what another one made.
 */
export async function ensureIngest(warehouse: Warehouse, source: KafkaSource): Promise<void> {
  const statements = connections(warehouse, source);
  const until = performance.now() + connectingMs;
  for (;;) {
    const found = await connected(warehouse);
    const wanted = found?.comment === digest(statements);
    if (wanted && found.tables >= statements.length) return;
    if (wanted && performance.now() < until) {
      await sleep(200); // another process is at it
      continue;
    }
    try {
      return await createIngest(warehouse, source);
    } catch (error) {
      // Two that began at once are in each other's way, and the one that was later sees what is there.
      if (performance.now() >= until) throw error;
      await sleep(200);
    }
  }
}

const connections = ({ database }: Warehouse, source: KafkaSource) =>
  topicTables.flatMap((topic) => connectionOf(database, topic, source));

const digest = (statements: readonly string[]) =>
  createHash('sha256').update(statements.join(';')).digest('hex');

async function connected(warehouse: Warehouse) {
  const name = ingestDatabase(warehouse.database);
  const [row] = await rowsOf<{ comment: string; tables: number }>(
    warehouse,
    `select comment, toFloat64((select count() from system.tables where database = '${name}')) as tables
     from system.databases where name = '${name}'`,
  );
  return row;
}

/** Stops reading; the data tables stay. */
export async function dropIngest(warehouse: Warehouse): Promise<void> {
  // Each Kafka table goes while its views are still there to take what it holds in its hands.
  const { database } = warehouse;
  await Promise.all(
    topicTables.map((topic) =>
      execute(warehouse, `drop table if exists ${sourceName(database, topic)} sync`),
    ),
  );
  await execute(warehouse, `drop database if exists ${ingestDatabase(database)} sync`);
}

/** The greatest offset that has landed, by topic and partition; broken records count as landed. */
export async function ingested(
  warehouse: Warehouse,
): Promise<Record<string, Record<number, number>>> {
  const { database } = warehouse;
  const each = topicTables.map(
    ({ topic, table }) =>
      `select '${topic}' as topic, _partition as partition, max(_offset) as offset from ${database}.${table} group by _partition`,
  );
  const errors = `select topic, _partition as partition, max(_offset) as offset from ${database}.ingest_errors group by topic, _partition`;
  const rows = await rowsOf<{ topic: string; partition: number; offset: number }>(
    warehouse,
    `select topic, toUInt32(partition) as partition, toFloat64(max(offset)) as offset
     from (${[...each, errors].join(' union all ')}) group by topic, partition`,
  );
  const found: Record<string, Record<number, number>> = {};
  for (const { topic } of topicTables) found[topic] = {};
  for (const { topic, partition, offset } of rows)
    found[topic] = { ...found[topic], [partition]: offset };
  return found;
}
