// Answers a query from outside: checked by the guard, run by the reader that cannot write.
import { allow, type Guard } from './guard/guard.ts';
import type { ReadOptions, Warehouse } from './warehouse.ts';

export interface Answer {
  body: Uint8Array;
  /** The format the body is in. */
  format: string;
}

export type Ask = (query: string, options?: ReadOptions) => Promise<Answer>;

/** @throws MillraceError `sql-refused`, or the engine's error; both read `Code: NN. DB::Exception: …` */
export async function createAsk(warehouse: Warehouse): Promise<Ask> {
  const known = await warehouse.reader.read('select lower(name) from system.table_functions');
  const guard: Guard = {
    tableFunctions: new Set(Buffer.from(known).toString('utf8').trim().split('\n')),
  };
  return async (text, options = {}) => {
    const { query, format = options.format ?? 'TabSeparated' } = allow(guard, text, options.params);
    return { body: await warehouse.reader.read(query, { ...options, format }), format };
  };
}
