// The topics that ClickHouse keeps, and the tables they go to.
import type { RecordSchema } from '../../schemas/avro.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type Column, columnsOf } from './columns.ts';
import { execute, rowsOf, type Warehouse } from './warehouse.ts';

export interface TopicTable {
  readonly of: AnyTopic;
  /** Name of the topic in schemas/, without the prefix of the deployment. */
  readonly topic: string;
  /** Name of the table: the topic's, with `_` for `-`. */
  readonly table: string;
  readonly schema: RecordSchema;
  /** Fields that are left in Kafka. */
  readonly omit: readonly string[];
  /** Whether the table has one row for each key, and not one for each record. */
  readonly latest: boolean;
}

export const topicTables: readonly TopicTable[] = topics.flatMap((of: AnyTopic) => {
  const { name, schema, notInSql: omit, rowsInSql } = of;
  const table = name.replaceAll('-', '_');
  if (omit === 'all') return [];
  return [{ of, topic: name, table, schema, omit, latest: rowsInSql === 'latest' }];
});

export const quoted = (name: string) => `\`${name}\``;

const listed = (columns: readonly Column[]) =>
  columns.map((column) => `  ${quoted(column.name)} ${column.type}`).join(',\n');

/**
 * The statement that makes a data table. What is read again lands on itself. The row of a record has its
 * place as key: read twice it is one row, while an event written twice, at two offsets, is two and can
 * be counted. In a table of latest records the key is the record's, and the greater offset stays.
 */
function dataTable(database: string, { table, schema, omit, latest }: TopicTable): string {
  return `create table if not exists ${database}.${table} (
${listed(columnsOf(schema, omit))},${latest ? '\n  _key String,' : ''}
  _partition UInt64,
  _offset UInt64,
  ingestedAt DateTime64(3, 'UTC') default now64(3)
) engine = ${latest ? 'ReplacingMergeTree(_offset)' : 'ReplacingMergeTree'} order by ${sortingKey(latest)}`;
}

const sortingKey = (latest: boolean) => (latest ? '_key' : '(_partition, _offset)');

/**
 * The statement that brings a table to its schema: columns under an earlier name are renamed, then
 * missing ones are added. Rows that are there get the type's default in an added column.
 * @returns undefined if the table has every column
 */
function changeColumns(
  database: string,
  { table, schema, omit }: TopicTable,
  present: ReadonlySet<string>,
): string | undefined {
  const missing = columnsOf(schema, omit).filter(({ name }) => !present.has(name));
  const changes = missing.map(({ name, type, before }) => {
    const old = before.find((one) => present.has(one));
    return old
      ? `rename column ${quoted(old)} to ${quoted(name)}`
      : `add column ${quoted(name)} ${type}`;
  });
  return changes.length === 0
    ? undefined
    : `alter table ${database}.${table} ${changes.join(', ')}`;
}

/**
 * The statement that makes the table of records that could not be read, with their bytes: nothing
 * is skipped in silence.
 */
function errorsTable(database: string): string {
  return `create table if not exists ${database}.ingest_errors (
  topic LowCardinality(String),
  _partition UInt64,
  _offset UInt64,
  code LowCardinality(String),
  error String,
  raw String,
  event String,
  ingestedAt DateTime64(3, 'UTC') default now64(3)
) engine = ReplacingMergeTree order by (topic, _partition, _offset)`;
}

/** The statement that makes the table of how far each partition is read. */
function positionsTable(database: string): string {
  return `create table if not exists ${database}.ingest_positions (
  topic LowCardinality(String),
  _partition UInt64,
  next UInt64,
  at DateTime64(3, 'UTC') default now64(3)
) engine = ReplacingMergeTree(at) order by (topic, _partition)`;
}

/**
 * Makes the data tables where they are missing; the ones that are there keep their rows and get the
 * columns and names of columns that their schema gained. A table whose rows had another key is made
 * anew, and read again from its topic.
 */
export async function createTables(warehouse: Warehouse): Promise<void> {
  const { database } = warehouse;
  for (const statement of [errorsTable(database), positionsTable(database)])
    await execute(warehouse, statement);
  const found = await rowsOf<{ name: string; sorting_key: string }>(
    warehouse,
    `select name, sorting_key from system.tables where database = '${database}'`,
  );
  const keys = new Map(found.map(({ name, sorting_key }) => [name, sorting_key]));
  for (const topic of topicTables) {
    const key = keys.get(topic.table);
    if (key !== undefined && (key !== '_key') === topic.latest) await dropTable(warehouse, topic);
    await execute(warehouse, dataTable(database, topic));
  }
  await addColumns(warehouse);
}

async function dropTable(warehouse: Warehouse, { table, topic }: TopicTable): Promise<void> {
  const { database } = warehouse;
  await execute(warehouse, `delete from ${database}.ingest_positions where topic = '${topic}'`);
  await execute(warehouse, `drop table ${database}.${table} sync`);
}

async function addColumns(warehouse: Warehouse): Promise<void> {
  const { database } = warehouse;
  const columns = await rowsOf<{ table: string; names: string[] }>(
    warehouse,
    `select table, groupArray(name) as names from system.columns where database = '${database}' group by table`,
  );
  const present = new Map(columns.map(({ table, names }) => [table, new Set(names)]));
  for (const topic of topicTables) {
    const statement = changeColumns(database, topic, present.get(topic.table) ?? new Set());
    if (statement) await execute(warehouse, statement);
  }
  const errors = `alter table ${database}.ingest_errors add column if not exists`;
  await execute(warehouse, `${errors} code LowCardinality(String) default 'record-undecodable'`);
  await execute(warehouse, `${errors} event String`);
}
