// Opens ClickHouse: the real engine inside this process on a data directory, or a server at a URL.
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client';
import { MillraceError } from '../../schemas/errors.ts';
import { DATABASE, DATABASE_NAME } from './database-name.ts';
import { catalogueFilters } from './guard/catalogue.ts';
import { databases, type Layout } from './layout.ts';
import { clusterSettings, readerSettings } from './limits.ts';
import { killMarked, stoppable } from './stop.ts';
import { insertFrom, sqlText, type Warehouse, type WarehouseReader } from './warehouse.ts';

export interface OpenOptions {
  /**
   * Address of a server, `http://user:password@host:8123`.
   * @default the engine runs in this process
   */
  url?: string;
  /** Data directory of the embedded engine; one process owns it. */
  path: string;
  /** Name of the database. @default 'millrace' */
  database?: string;
  /** Cluster over which a server spreads the tables. @default none */
  cluster?: string | undefined;
}

/** @throws clickhouse-unreachable, clickhouse-database-name, clickhouse-engine-missing */
export async function openClickHouse(options: OpenOptions): Promise<Warehouse> {
  const database = options.database ?? DATABASE;
  if (!DATABASE_NAME.test(database))
    throw new MillraceError({
      code: 'clickhouse-database-name',
      what: `"${database}" cannot name a ClickHouse database.`,
      todo: 'Use letters, digits and underscores, no digit first.',
    });
  try {
    return options.url
      ? await openServer(options.url, { database, cluster: options.cluster })
      : await openEngine(options.path, database);
  } catch (error) {
    if (error instanceof MillraceError) throw error;
    throw new MillraceError({
      code: 'clickhouse-unreachable',
      what: options.url
        ? 'ClickHouse does not answer at the URL given.'
        : `The embedded ClickHouse cannot open ${options.path}.`,
      why: error instanceof Error ? error.message : String(error),
      todo: options.url
        ? 'Check CLICKHOUSE_URL, the user and the password.'
        : 'One process owns a data directory: end the other one, or give another --data-dir.',
      cause: error,
    });
  }
}

/**
 * Loads the engine of this process only where it is asked for: an image for clusters has none.
 * @throws MillraceError `clickhouse-engine-missing`
 */
async function openEngine(path: string, database: string): Promise<Warehouse> {
  const { openEmbedded } = await import('./embedded.ts').catch((error: unknown) => {
    throw new MillraceError({
      code: 'clickhouse-engine-missing',
      what: 'This installation has no ClickHouse engine.',
      why: error instanceof Error ? error.message.split('\n')[0]! : String(error),
      todo: 'Name a server with CLICKHOUSE_URL, run with --no-clickhouse, or install chdb and the binary of this platform: `millrace doctor` names it.',
      cause: error,
    });
  });
  return await openEmbedded(path, database);
}

async function openServer(url: string, layout: Layout): Promise<Warehouse> {
  const { database, cluster } = layout;
  // Errors reach the caller; the client would print them as well.
  const log = { level: ClickHouseLogLevel.OFF };
  const first = createClient({ url, log });
  try {
    for (const query of databases(layout)) await first.command({ query });
  } finally {
    await first.close();
  }
  const ofCluster: ClickHouseSettings = cluster === undefined ? {} : { ...clusterSettings };
  const client = createClient({ url, database, log, clickhouse_settings: ofCluster });
  const reader = serverReader(client, database);
  return {
    client,
    reader,
    async insertAvro(insert, file) {
      const query = `${insertFrom(insert, `input(${sqlText(insert.structure)})`)} format Avro`;
      const { stream } = await client.exec({ query, values: Readable.from([file]) });
      stream.resume();
      await finished(stream);
    },
    database,
    cluster,
    kind: 'server',
    [Symbol.asyncDispose]: () => client.close(),
  };
}

function serverReader(client: ClickHouseClient, database: string): WarehouseReader {
  return {
    async read(query, { format = 'TabSeparated', params = {}, settings = {}, signal } = {}) {
      const mark = randomUUID();
      const wanted = {
        default_format: format,
        ...readerSettings,
        ...settings,
        additional_table_filters: catalogueFilters(database),
        log_comment: mark,
        // An error comes before the answer, and not in the midst of it.
        wait_end_of_query: '1',
        ...Object.fromEntries(
          Object.entries(params).map(([name, text]) => [`param_${name}`, text]),
        ),
      };
      const answer = async () => {
        // The client's type knows neither these names nor numbers as text; HTTP carries text anyway.
        const clickhouse_settings = wanted as object as ClickHouseSettings;
        const { stream, summary } = await client.exec({ query, clickhouse_settings });
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        return { body: Buffer.concat(chunks), summary };
      };
      const stop = () => client.command({ query: killMarked(mark) });
      const { body, summary } = await stoppable(answer, stop, signal);
      const count = (name: 'read_rows' | 'read_bytes' | 'result_rows' | 'result_bytes') =>
        Number(summary?.[name] ?? 0);
      const counts = {
        readRows: count('read_rows'),
        readBytes: count('read_bytes'),
        resultRows: count('result_rows'),
        resultBytes: count('result_bytes'),
      };
      return { body, counts };
    },
  };
}
