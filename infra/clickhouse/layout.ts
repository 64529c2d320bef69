// Where rows and views are: on one server in one database, or over a cluster. On a cluster each shard has its
// rows in a database of its own, and a second database holds what is asked: Distributed tables under the
// same names, and the views. So a view reads the same on both.
import type { AnyTopic } from '../../schemas/topic.ts';

export interface Layout {
  /** Database that is asked. */
  readonly database: string;
  /** Cluster in the servers' `remote_servers`. @default one server without a cluster */
  readonly cluster?: string | undefined;
}

/** Database in which rows are: on a cluster those of a shard. */
export const rowsDatabase = ({ database, cluster }: Layout) =>
  cluster === undefined ? database : `${database}_shard`;

/** The words that have a statement carried out on every server; nothing for one server. */
export const onCluster = ({ cluster }: Layout) =>
  cluster === undefined ? '' : ` on cluster '${cluster}'`;

/**
 * The engine of a table in which a row that is written again lands on itself. On a cluster its replicas
 * find each other by the name of the table, so a server that is added later joins them; the macros
 * `shard` and `replica` are the server's.
 * @param version column by which the greatest row stays. @default the one written last
 */
export function replacing({ database, cluster }: Layout, table: string, version?: string): string {
  if (cluster === undefined) return `ReplacingMergeTree${version ? `(${version})` : ''}`;
  const path = `'/clickhouse/tables/{shard}/${database}_shard/${table}', '{replica}'`;
  return `ReplicatedReplacingMergeTree(${path}${version ? `, ${version}` : ''})`;
}

/**
 * The column by which a cluster spreads the rows of a topic: its key, so all of a user is on one shard, and
 * all of an item. undefined where the key is no column.
 */
export function shardColumn({ schema, key, rowsInSql }: AnyTopic): string | undefined {
  if (rowsInSql === 'latest') return '_key';
  const fields: readonly { readonly name: string }[] = schema.fields;
  return fields.some(({ name }) => name === key) ? key : undefined;
}

/**
 * The statement that lets a table of the shards be asked as one, and written to.
 * @param key expression that says which shard has a row. @default none: it is read alone
 */
export function distributed(layout: Layout, table: string, key?: string): string {
  const { database, cluster } = layout;
  const of = `'${cluster}', '${rowsDatabase(layout)}', '${table}'`;
  return `create or replace table ${database}.${table}${onCluster(layout)}
as ${rowsDatabase(layout)}.${table}
engine = Distributed(${of}${key ? `, ${key}` : ''})`;
}

export const databases = (layout: Layout): string[] =>
  [...new Set([layout.database, rowsDatabase(layout)])].map(
    (name) => `create database if not exists ${name}${onCluster(layout)}`,
  );
