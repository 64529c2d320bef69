// The metrics: every .sql file of views/ is one view, made again at each start.
import { readdir, readFile } from 'node:fs/promises';
import { clusterView, type View } from './cluster-views.ts';
import { databases, type Layout } from './layout.ts';
import { createTables, distributedTables, tableStatements, topicTables } from './tables.ts';
import { execute, type Warehouse } from './warehouse.ts';

const folder = new URL('./views/', import.meta.url);

/** The views in the order they must be made: names with `_` first, for the others read them. */
export async function listViews(): Promise<View[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return await Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -'.sql'.length),
      sql: await readFile(new URL(file, folder), 'utf8'),
    })),
  );
}

/** The statements that make every view, in their order. */
async function viewStatements(layout: Layout): Promise<string[]> {
  const views = await listViews();
  if (layout.cluster === undefined) return views.map(({ sql }) => sql.trim());
  const tables = ['ingest_errors', 'ingest_positions', ...topicTables.map(({ table }) => table)];
  const names = new Set([...tables, ...views.map(({ name }) => name)]);
  return views.flatMap((view) => clusterView(layout, view, names)).map((sql) => sql.trim());
}

/** Every statement that makes tables and views, in their order, for a server or a cluster without them. */
export async function ddlOf(layout: Layout): Promise<string[]> {
  return [
    ...databases(layout),
    `use ${layout.database}`,
    ...tableStatements(layout),
    ...distributedTables(layout),
    ...(await viewStatements(layout)),
  ];
}

/** Makes the tables that the views read, where they are missing, and every view. */
export async function createViews(warehouse: Warehouse): Promise<void> {
  await createTables(warehouse);
  for (const statement of await viewStatements(warehouse)) await execute(warehouse, statement);
}
