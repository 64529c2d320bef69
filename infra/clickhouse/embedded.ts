// chDB behind the interface of a warehouse: the engine in this process, on a data directory.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { drainPending, Session } from 'chdb';
import { freshConnection } from './fresh-connection.ts';
import { catalogueFilters } from './guard/catalogue.ts';
import { engineArguments, readerSettings } from './limits.ts';
import { killMarked, stoppable } from './stop.ts';
import {
  type AvroInsert,
  execute,
  insertFrom,
  sqlText,
  type Warehouse,
  type WarehouseReader,
} from './warehouse.ts';

export async function openEmbedded(path: string, database: string): Promise<Warehouse> {
  mkdirSync(path, { recursive: true });
  // Of a process that was killed while it wrote them.
  for (const file of readdirSync(path)) if (rowsFile.test(file)) rmSync(join(path, file));
  // The first session starts the engine, and only it can say how big the pools are. It stays open:
  // the engine ends with its last session.
  const engine = new Session(path, { connectionArgs: engineArguments });
  try {
    await engine.queryAsync(`create database if not exists ${database}`);
    const connection = freshConnection(path, database);
    const client = createClient({ connection } as unknown as Parameters<typeof createClient>[0]);
    const opened = { client: client as ClickHouseClient };
    return {
      ...opened,
      reader: embeddedReader(engine, path, database),
      insertAvro: (insert, file) => insertFile(opened, path, insert, file),
      database,
      kind: 'embedded',
      async [Symbol.asyncDispose]() {
        await client.close();
        // A session closed while a query runs is torn down later; wait, so the directory is free.
        await drainPending();
        engine.close();
        await drainPending();
      },
    };
  } catch (error) {
    engine.close();
    throw error;
  }
}

/** Name of a file of rows. */
const rowsFile = /^rows-\d+\.avro$/;

/** Number of files written by this process. */
let files = 0;

/** chDB takes no binary rows with a statement (3.4.0), so they lie in a file for a moment. */
async function insertFile(
  opened: Pick<Warehouse, 'client'>,
  path: string,
  insert: AvroInsert,
  rows: Buffer,
): Promise<void> {
  const file = join(resolve(path), `rows-${++files}.avro`);
  try {
    await writeFile(file, rows);
    const source = `file(${sqlText(file)}, Avro, ${sqlText(insert.structure)})`;
    await execute(opened, insertFrom(insert, source));
  } finally {
    await rm(file, { force: true });
  }
}

/**
 * A reader over chDB with a new session for each query, which costs 1 ms: what a query does to its
 * session ends with it.
 */
function embeddedReader(engine: Session, path: string, database: string): WarehouseReader {
  const { readonly, ...limits } = readerSettings;
  const common = { ...limits, additional_table_filters: catalogueFilters(database) };
  return {
    async read(query, { format = 'TabSeparated', params = {}, settings = {}, signal } = {}) {
      const mark = randomUUID();
      const opened = Object.entries({ ...common, log_comment: mark });
      const connectionArgs = opened.map(([name, value]) => `--${name}=${value}`);
      const session = new Session(path, { connectionArgs });
      try {
        await session.queryAsync(`use ${database}`);
        const set = [
          ...Object.entries(settings),
          ...Object.entries(params).map(([name, value]) => [`param_${name}`, value] as const),
        ].map(([name, value]) => `${name} = ${sqlText(value)}, `);
        // `readonly` comes last: nothing can be set after it.
        await session.queryAsync(`set ${set.join('')}readonly = ${readonly}`);
        const stop = async () => void (await engine.queryAsync(killMarked(mark)));
        const result = await stoppable(() => session.queryAsync(query, { format }), stop, signal);
        const { rowsRead: resultRows, bytesRead: resultBytes } = result;
        const counts = { readRows: 0, readBytes: 0, resultRows, resultBytes };
        return { body: result.bytes(), counts };
      } finally {
        session.close();
      }
    },
  };
}
