// Views on a cluster. Those made row by row, or by the rows of one user or one item, stand on each shard and
// join what is there; the others stand over all shards.
import { distributed, type Layout, onCluster, rowsDatabase } from './layout.ts';

export interface View {
  name: string;
  sql: string;
}

/**
 * Views whose rows follow from the rows of one user or one item, which are on one shard: each shard makes its
 * own, and they are asked as one. A view that is not named here is right too, only slower.
 */
const ofOneShard = [
  '_predicted',
  '_ranked',
  '_served',
  '_served_answers',
  '_served_by_arm',
  '_titles',
];

/** The statements that make a view on a cluster. @param names of every table and view */
export function clusterView(layout: Layout, view: View, names: ReadonlySet<string>): string[] {
  if (!ofOneShard.includes(view.name)) return [placed(layout, view, layout.database, names)];
  return [placed(layout, view, rowsDatabase(layout), names), distributed(layout, view.name)];
}

/**
 * A view in a database: each table that it reads is named with its database. A set that is looked into, and
 * a table that is joined to one of the shards', is made once, where the query was asked.
 */
function placed(layout: Layout, { name, sql }: View, database: string, names: ReadonlySet<string>) {
  const over = database === layout.database;
  return sql
    .replace(`view ${name} as`, `view ${database}.${name}${onCluster(layout)} as`)
    .replaceAll(/\b(from|join) ([a-z_]+)\b(?!\()/g, (found, word: string, table: string) =>
      names.has(table) ? `${word} ${database}.${table}` : found,
    )
    .replaceAll(/\b(not )?in \(select\b/g, (found) => (over ? `global ${found}` : found));
}
