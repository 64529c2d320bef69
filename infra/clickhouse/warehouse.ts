// ClickHouse as the rest of Millrace sees it: a client that writes, and a reader that cannot write.
import type { ClickHouseClient } from '@clickhouse/client';

export interface ReadOptions {
  /** ClickHouse output format for a query that names none. @default 'TabSeparated' */
  format?: string;
  /** Values of `{name:Type}` placeholders, in ClickHouse's text form. */
  params?: Readonly<Record<string, string>>;
}

/** Runs one statement under `readonly = 1` and the limits of limits.ts; never writes. */
export interface WarehouseReader {
  /** @throws the engine's error, its message in ClickHouse's form `Code: NN. DB::Exception: …` */
  read(query: string, options?: ReadOptions): Promise<Uint8Array>;
}

export interface Warehouse extends AsyncDisposable {
  /**
   * The official client, with one interface over chDB and over HTTP. It uses the database
   * `database`.
   */
  readonly client: ClickHouseClient;
  readonly reader: WarehouseReader;
  readonly database: string;
  /** Where it runs. `embedded`: chDB in this process; `server`: a ClickHouse at a URL. */
  readonly kind: 'embedded' | 'server';
}

/** All rows of a query; for our own SQL, never for text from outside. */
export async function rowsOf<T>(warehouse: Warehouse, query: string): Promise<T[]> {
  const result = await warehouse.client.query({ query, format: 'JSONEachRow' });
  return await result.json<T>();
}

export async function execute(warehouse: Warehouse, query: string): Promise<void> {
  await warehouse.client.command({ query });
}
