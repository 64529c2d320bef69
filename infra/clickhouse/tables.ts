// The topics that ClickHouse keeps, and the tables they go to.
import type { RecordSchema } from '../../schemas/avro.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type Column, columnsOf } from './columns.ts';
import {
  databases,
  distributed,
  type Layout,
  onCluster,
  replacing,
  rowsDatabase,
  shardColumn,
} from './layout.ts';
import { execute, rowsOf, sqlText, type Warehouse } from './warehouse.ts';

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
 * be counted. In a table of latest records the key is the record's, and the greater offset stays. On a
 * cluster the key begins with what says which shard has the row, so it lands on the same one.
 */
function dataTable(layout: Layout, topic: TopicTable): string {
  const { of, table, schema, omit, latest } = topic;
  const shard = layout.cluster === undefined ? undefined : shardColumn(of);
  const key = latest ? ['_key'] : [...(shard ? [quoted(shard)] : []), '_partition', '_offset'];
  return `create table if not exists ${named(layout, table)} (
${listed(columnsOf(schema, omit))},${latest ? '\n  _key String,' : ''}
  _partition UInt64,
  _offset UInt64,
  ingestedAt DateTime64(3, 'UTC') default now64(3)
) engine = ${replacing(layout, table, latest ? '_offset' : undefined)} order by ${inTuple(key)}`;
}

const inTuple = (key: readonly string[]) => (key.length === 1 ? key[0]! : `(${key.join(', ')})`);

const named = (layout: Layout, table: string) =>
  `${rowsDatabase(layout)}.${table}${onCluster(layout)}`;

/**
 * The statement that brings a table to its schema: columns under an earlier name are renamed, then
 * missing ones are added. Rows that are there get the type's default in an added column.
 * @returns undefined if the table has every column
 */
function changeColumns(
  layout: Layout,
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
    : `alter table ${named(layout, table)} ${changes.join(', ')}`;
}

/**
 * The statement that makes the table of records that could not be read, with their bytes: nothing
 * is skipped in silence.
 */
function errorsTable(layout: Layout): string {
  return `create table if not exists ${named(layout, 'ingest_errors')} (
  topic LowCardinality(String),
  _partition UInt64,
  _offset UInt64,
  code LowCardinality(String),
  error String,
  raw String,
  event String,
  ingestedAt DateTime64(3, 'UTC') default now64(3)
) engine = ${replacing(layout, 'ingest_errors')} order by (topic, _partition, _offset)`;
}

/** The statement that makes the table of how far each partition is read. */
function positionsTable(layout: Layout): string {
  return `create table if not exists ${named(layout, 'ingest_positions')} (
  topic LowCardinality(String),
  _partition UInt64,
  next UInt64,
  at DateTime64(3, 'UTC') default now64(3)
) engine = ${replacing(layout, 'ingest_positions', 'at')} order by (topic, _partition)`;
}

/** The statement that makes the table of the users whose rows are erased, by fingerprint. */
function erasuresTable(layout: Layout): string {
  return `create table if not exists ${named(layout, 'ingest_erasures')} (
  fingerprint String,
  at DateTime64(3, 'UTC'),
  erasedAt DateTime64(3, 'UTC') default now64(3)
) engine = ${replacing(layout, 'ingest_erasures', 'at')} order by fingerprint`;
}

/** The statements that make the tables, where they are missing. */
export function tableStatements(layout: Layout): string[] {
  return [
    errorsTable(layout),
    positionsTable(layout),
    erasuresTable(layout),
    ...topicTables.map((topic) => dataTable(layout, topic)),
  ];
}

/** The statements that let the tables of a cluster's shards be asked as one; none for one server. */
export function distributedTables(layout: Layout): string[] {
  if (layout.cluster === undefined) return [];
  const place = 'topic, _partition';
  return [
    distributed(layout, 'ingest_errors', `cityHash64(${place}, _offset)`),
    distributed(layout, 'ingest_positions', `cityHash64(${place})`),
    distributed(layout, 'ingest_erasures', 'cityHash64(fingerprint)'),
    ...topicTables.map(({ of, table }) =>
      distributed(layout, table, `cityHash64(${shardColumn(of) ?? '_partition, _offset'})`),
    ),
  ];
}

/**
 * Makes the data tables where they are missing; the ones that are there keep their rows and get the
 * columns and names of columns that their schema gained. A table whose rows had another key is made
 * anew, and read again from its topic.
 */
export async function createTables(warehouse: Warehouse): Promise<void> {
  if (warehouse.cluster !== undefined)
    for (const statement of databases(warehouse)) await execute(warehouse, statement);
  await execute(warehouse, positionsTable(warehouse));
  const found = await rowsOf<{ name: string; sorting_key: string }>(
    warehouse,
    `select name, sorting_key from system.tables where database = '${rowsDatabase(warehouse)}'`,
  );
  const keys = new Map(found.map(({ name, sorting_key }) => [name, sorting_key]));
  for (const topic of topicTables) {
    const key = keys.get(topic.table);
    if (key !== undefined && (key !== '_key') === topic.latest) await dropTable(warehouse, topic);
  }
  for (const statement of tableStatements(warehouse)) await execute(warehouse, statement);
  await addColumns(warehouse);
  for (const statement of distributedTables(warehouse)) await execute(warehouse, statement);
}

async function dropTable(warehouse: Warehouse, { table, topic }: TopicTable): Promise<void> {
  await deleteRows(warehouse, 'ingest_positions', `topic = ${sqlText(topic)}`);
  await execute(warehouse, `drop table ${named(warehouse, table)} sync`);
}

/** Deletes the rows of a table for which a condition holds, on every shard. */
export async function deleteRows(
  warehouse: Warehouse,
  table: string,
  condition: string,
): Promise<void> {
  await execute(warehouse, `delete from ${named(warehouse, table)} where ${condition}`);
}

/** Rewrites the parts of a table, on every shard, without the rows for which a condition holds. */
export async function eraseRows(
  warehouse: Warehouse,
  table: string,
  condition: string,
): Promise<void> {
  await execute(
    warehouse,
    `alter table ${named(warehouse, table)} delete where ${condition} settings mutations_sync = 2`,
  );
}

async function addColumns(warehouse: Warehouse): Promise<void> {
  const columns = await rowsOf<{ table: string; names: string[] }>(
    warehouse,
    `select table, groupArray(name) as names from system.columns
     where database = '${rowsDatabase(warehouse)}' group by table`,
  );
  const present = new Map(columns.map(({ table, names }) => [table, new Set(names)]));
  for (const topic of topicTables) {
    const statement = changeColumns(warehouse, topic, present.get(topic.table) ?? new Set());
    if (statement) await execute(warehouse, statement);
  }
  const errors = `alter table ${named(warehouse, 'ingest_errors')} add column if not exists`;
  await execute(warehouse, `${errors} code LowCardinality(String) default 'record-undecodable'`);
  await execute(warehouse, `${errors} event String`);
}
