// Which topics ClickHouse keeps, and the tables they land in.
import type { RecordSchema } from '../../schemas/avro.ts';
import { topics } from '../../schemas/index.ts';
import { type Column, columnsOf } from './columns.ts';

export interface TopicTable {
  /** Topic as declared in schemas/, before any prefix of the deployment. */
  topic: string;
  /** The topic with `_` for `-`. */
  table: string;
  schema: RecordSchema;
  /** Fields that stay in Kafka. */
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

/** Kafka delivers at least once, so the key is where a record came from: what is read twice
 * collapses, while one event written twice (two offsets) stays two rows and can be counted. */
export function dataTable(database: string, { table, schema, omit }: TopicTable): string {
  return `create table if not exists ${database}.${table} (
${listed(columnsOf(schema, omit))},
  _partition UInt64,
  _offset UInt64,
  ingestedAt DateTime64(3, 'UTC') default now64(3)
) engine = ReplacingMergeTree order by (_partition, _offset)`;
}

/** Brings a table to its schema: columns under a name they had are renamed, then those that are missing
 * are added; undefined where it has all. Rows of before have the type's default in an added column. */
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

/** Records that could not be read, with their bytes. Nothing is skipped in silence. */
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
