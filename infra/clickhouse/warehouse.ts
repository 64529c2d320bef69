// ClickHouse as the rest of Millrace sees it: a client that writes, and a reader that cannot write.
import type { ClickHouseClient } from '@clickhouse/client';

export interface ReadOptions {
  /** ClickHouse output format for a query that names none. @default 'TabSeparated' */
  format?: string;
  /**
   * Values of `{name:Type}` placeholders as they come over HTTP: text of TabSeparated, so `\\t` is a tab
   * and `\\N` is null.
   */
  params?: Readonly<Record<string, string>>;
  /** Settings of the engine, for this query alone. */
  settings?: Readonly<Record<string, string>>;
  /** Ends the query in the engine, not only the wait for it. */
  signal?: AbortSignal;
}

export interface ReadResult {
  body: Uint8Array;
  /** What the engine counted; it may not count all. */
  counts: { readRows: number; readBytes: number; resultRows: number; resultBytes: number };
}

/**
 * Runs one statement under `readonly = 1` and the limits of limits.ts; never writes, and sees the
 * catalogue of our database alone.
 */
export interface WarehouseReader {
  /**
   * @throws the engine's error, its message in ClickHouse's form `Code: NN. DB::Exception: …`; code 394
   * after `signal`
   */
  read(query: string, options?: ReadOptions): Promise<ReadResult>;
}

/** An insert of rows that come as an Avro file. */
export interface AvroInsert {
  /** Table, with the columns in the order of `select`. */
  readonly into: string;
  /** Expressions over the columns of the file. */
  readonly select: string;
  /** Columns of the file, with their types. */
  readonly structure: string;
}

export interface Warehouse extends AsyncDisposable {
  /**
   * The official client, with one interface over chDB and over HTTP. It uses the database
   * `database`.
   */
  readonly client: ClickHouseClient;
  readonly reader: WarehouseReader;
  /** Inserts rows that come as an Avro file. */
  insertAvro(insert: AvroInsert, file: Buffer): Promise<void>;
  readonly database: string;
  /** Cluster over which the tables are spread; see layout.ts. @default none */
  readonly cluster?: string | undefined;
  /** Where it runs. `embedded`: chDB in this process; `server`: a ClickHouse at a URL. */
  readonly kind: 'embedded' | 'server';
}

/** All rows of a query; for our own SQL, never for text from outside. */
export async function rowsOf<T>(warehouse: Pick<Warehouse, 'client'>, query: string): Promise<T[]> {
  const result = await warehouse.client.query({ query, format: 'JSONEachRow' });
  return await result.json<T>();
}

export async function execute(warehouse: Pick<Warehouse, 'client'>, query: string): Promise<void> {
  await warehouse.client.command({ query });
}

/** The statement that inserts rows from a source of them, such as `file(…)`. */
export function insertFrom({ into, select }: AvroInsert, source: string): string {
  return `insert into ${into} select ${select} from ${source}`;
}

/** A string literal of SQL. */
export const sqlText = (value: string) =>
  `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;
