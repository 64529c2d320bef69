// A chDB connection that forgets, as an HTTP connection does.
//
// A chDB session keeps what happened in it, and two of those things do harm (chDB 3.4.0):
// - rows that a failed query had already made come first in the answer to the next one;
// - `clickhouse_settings` are sent as SET, so `readonly` for one query would lock out all later ones.
// So a session is replaced after an error, and a call with settings has a session of its own.
import { type ChdbConnection, createChdbConnection } from 'chdb/connection';

const calls = ['query', 'exec', 'command', 'insert'] as const;
type Call = (params: { clickhouse_settings?: object }) => Promise<unknown>;

/** @returns what `createClient({ connection })` takes */
export function freshConnection(path: string, database: string): ChdbConnection {
  const open = async () => {
    const connection = createChdbConnection({ path });
    await connection.command({ query: `use ${database}` });
    return connection;
  };
  let current = open();

  const call = async (name: (typeof calls)[number], params: Parameters<Call>[0]) => {
    const alone = Object.values(params.clickhouse_settings ?? {}).some((set) => set !== undefined);
    const used = alone ? open() : current;
    const connection = await used;
    try {
      return await (connection[name] as Call).call(connection, params);
    } catch (error) {
      // Others may have failed on it at the same time; the first of them replaces it.
      if (current === used) {
        current = open();
        await connection.close();
      }
      throw error;
    } finally {
      if (alone) await connection.close();
    }
  };

  return {
    ...Object.fromEntries(calls.map((name) => [name, (params: object) => call(name, params)])),
    ping: async (params: Parameters<ChdbConnection['ping']>[0]) => (await current).ping(params),
    close: async () => (await current).close(),
  } as unknown as ChdbConnection;
}
