// Answers a query from outside: checked by the guard, run by the reader that cannot write.
import { catalogueViews } from './guard/catalogue.ts';
import { allow, type Guard } from './guard/guard.ts';
import { refuse } from './guard/refuse.ts';
import { isOpen, settingsOf } from './guard/settings.ts';
import { readerSettings } from './limits.ts';
import type { ReadOptions, ReadResult, Warehouse } from './warehouse.ts';

export interface Answer extends ReadResult {
  /** The format the body is in. */
  format: string;
}

export interface Ask {
  /** @param options settings may be any that a client sends; the guard says which are taken
   * @throws MillraceError `sql-refused`, or the engine's error; both read `Code: NN. DB::Exception: …` */
  (query: string, options?: ReadOptions): Promise<Answer>;
  /** Version of the engine, such as `26.7.2.1`. */
  readonly version: string;
  /** Time zone of the engine, such as `UTC`. */
  readonly timezone: string;
}

export async function createAsk(warehouse: Warehouse): Promise<Ask> {
  const rows = async (query: string) => {
    const { body } = await warehouse.reader.read(query, { format: 'TabSeparated' });
    return Buffer.from(body).toString('utf8').trim().split('\n');
  };
  const known = new Set(await rows('select name from system.settings'));
  const guard: Guard = {
    tableFunctions: new Set(await rows('select lower(name) from system.table_functions')),
    views: catalogueViews([...known].filter(isOpen)),
  };
  const [version = '', timezone = 'UTC'] = await rows('select arrayJoin([version(), timezone()])');
  const ask = async (text: string, options: ReadOptions = {}) => {
    const allowed = allow(guard, text, options.params);
    const format = allowed.format ?? options.format ?? 'TabSeparated';
    const settings = settingsOf(options.settings ?? {}, known);
    for (const name of Object.keys(options.params ?? {}))
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
        refuse(
          'BAD_ARGUMENTS',
          `Parameter ${JSON.stringify(name)} is not named like an identifier`,
        );
    try {
      const result = await warehouse.reader.read(allowed.query, { ...options, settings, format });
      // The engine counts a constant once, however many rows it stands in.
      const most = Number(settings.max_result_bytes ?? readerSettings.max_result_bytes);
      if (result.body.length > most)
        refuse(
          'TOO_MANY_ROWS_OR_BYTES',
          `Limit for result exceeded, max bytes: ${most}, current bytes: ${result.body.length}`,
        );
      return { ...result, format };
    } catch (error) {
      if (error instanceof Error) error.message = allowed.places(error.message);
      throw error;
    }
  };
  return Object.assign(ask, { version, timezone });
}
