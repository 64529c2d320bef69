// The metrics: every .sql file of views/ is one view, made again at each start.
import { readdir, readFile } from 'node:fs/promises';
import { createTables } from './tables.ts';
import { execute, type Warehouse } from './warehouse.ts';

const folder = new URL('./views/', import.meta.url);

export interface View {
  name: string;
  sql: string;
}

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

/** Makes the tables that the views read, where they are missing, and every view. */
export async function createViews(warehouse: Warehouse): Promise<void> {
  await createTables(warehouse);
  for (const view of await listViews()) await execute(warehouse, view.sql);
}
