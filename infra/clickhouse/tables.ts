// The topics that ClickHouse keeps, and the tables they go to.
import type { RecordSchema } from '../../schemas/avro.ts';
import { topics } from '../../schemas/index.ts';
import { type Column, columnsOf } from './columns.ts';

export interface TopicTable {
  /** Name of the topic in schemas/, without the prefix of the deployment. */
  topic: string;
  /** Name of the table: the topic's, with `_` for `-`. */
  table: string;
  schema: RecordSchema;
  /** Fields that are left in Kafka. */
  omit: readonly string[];
}

export const topicTables: readonly TopicTable[] = topics.flatMap(({ name, schema, notInSql }) =>
  notInSql === 'all'
    ? []
    : [{ topic: name, table: name.replaceAll('-', '_'), schema, omit: notInSql }],
);

export const quoted = (name: string) => `\`${name}\``;

const listed = (columns: readonly Column[]) =>
  columns.map((column) => `  ${quoted(column.name)} ${column.type}`).join(',\n');

/**
 * The statement that makes a data table. Kafka delivers at least once, so the key is where a record
 * came from: a record read twice collapses into one row, while an event written twice, at two
 * offsets, stays two rows and can be counted.
 */
export function dataTable(database: string, { table, schema, omit }: TopicTable): string {
  return `create table if not exists ${database}.${table} (
${listed(columnsOf(schema, omit))},
  _partition UInt64,
  _offset UInt64,
  ingestedAt DateTime64(3, 'UTC') default now64(3)
) engine = ReplacingMergeTree order by (_partition, _offset)`;
}

/**
 * The statement that brings a table to its schema: columns under an earlier name are renamed, then
 * missing ones are added. Rows that are there get the type's default in an added column.
 * @returns undefined if the table has every column
 */
export function changeColumns(
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
export function errorsTable(database: string): string {
  return `create table if not exists ${database}.ingest_errors (
  topic LowCardinality(String),
  _partition UInt64,
  _offset UInt64,
  error String,
  raw String,
  ingestedAt DateTime64(3, 'UTC') default now64(3)
) engine = ReplacingMergeTree order by (topic, _partition, _offset)`;
}

/** The statements that make every data table; run by whoever opens the warehouse to write. */
export function dataTables(database: string): string[] {
  return [...topicTables.map((table) => dataTable(database, table)), errorsTable(database)];
}
