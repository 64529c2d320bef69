// ClickHouse reads the topics itself: makes, and takes away, what connects it to a broker.
import { connectionOf, ingestDatabase, type KafkaSource, sourceName } from './kafka.ts';
import { addColumns, dataTables, topicTables } from './tables.ts';
import { execute, rowsOf, type Warehouse } from './warehouse.ts';

/** Makes the data tables where they are missing; the ones that are there keep their rows and get
 * the columns that their schema gained. */
export async function createTables(warehouse: Warehouse): Promise<void> {
  const { database } = warehouse;
  for (const statement of dataTables(database)) await execute(warehouse, statement);
  const columns = await rowsOf<{ table: string; names: string[] }>(
    warehouse,
    `select table, groupArray(name) as names from system.columns where database = '${database}' group by table`,
  );
  const present = new Map(columns.map(({ table, names }) => [table, new Set(names)]));
  for (const topic of topicTables) {
    const statement = addColumns(database, topic, present.get(topic.table) ?? new Set());
    if (statement) await execute(warehouse, statement);
  }
}

/** Starts reading. The topics must exist. Where a topic was read to is kept by the broker under
 * the consumer group, so dropping and making the Kafka tables again (the broker's port may have
 * changed) reads nothing twice. */
export async function createIngest(warehouse: Warehouse, source: KafkaSource): Promise<void> {
  await dropIngest(warehouse);
  await createTables(warehouse);
  const { database } = warehouse;
  await execute(warehouse, `create database ${ingestDatabase(database)} engine = Memory`);
  for (const topic of topicTables)
    for (const statement of connectionOf(database, topic, source))
      await execute(warehouse, statement);
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
