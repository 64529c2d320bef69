// Rows of a time to come, kept on disk until the whole log is read: only then is it known whether they are
// mistakes, or whether the log as a whole lies ahead of the clock.
import { join } from 'node:path';
import type { AheadRule } from './dataset.ts';
import { LATEST_MS } from './fields.ts';
import type { Read } from './rows.ts';
import type { Sorting } from './sort.ts';
import { readSpool, SpoolWriter } from './spool.ts';

export const AHEAD_ROWS_FILE = 'ahead.jsonl';

/** What holds unless a caller says otherwise: no time to come, unless it is that of most rows. */
export const aheadDefault = (): AheadRule => ({ latest: Date.now(), rows: 'auto' });

type Packed = [origin: string, line: number, raw: string, value: unknown];

export class AheadRows<R extends { readonly at: number }> {
  readonly #rule: AheadRule;
  readonly #sorting: Sorting<R>;
  readonly #path: string;
  #spool: SpoolWriter | null = null;
  /** Number of rows added. */
  count = 0;

  constructor(rule: AheadRule, sorting: Sorting<R>, scratch: string) {
    this.#rule = rule;
    this.#sorting = sorting;
    this.#path = join(scratch, AHEAD_ROWS_FILE);
  }

  /** Whether a row has to wait here for the end of the log. */
  takes({ at }: R): boolean {
    return at > this.#rule.latest || at > LATEST_MS;
  }

  add({ origin, line, raw, value }: Read<R>): Promise<void> | undefined {
    this.#spool ??= new SpoolWriter(this.#path);
    this.count += 1;
    return this.#spool.write([origin, line, raw, this.#sorting.pack(value!)] satisfies Packed);
  }

  async close(): Promise<void> {
    await this.#spool?.close();
    this.#spool = null;
  }

  /**
   * The rows as they count: those that are mistakes have no value, and the reason.
   * @param others number of readable rows that do not lie ahead
   */
  async *judged(others: number): AsyncGenerator<Read<R>[]> {
    if (this.count === 0) return;
    const { latest, rows } = this.#rule;
    const all = rows === 'keep' || (rows === 'auto' && this.count > others);
    for await (const batch of readSpool<Packed>(this.#path)) {
      yield batch.map(([origin, line, raw, packed]) => {
        const value = this.#sorting.unpack(packed);
        const most = all ? LATEST_MS : Math.min(latest, LATEST_MS);
        if (value.at <= most) return { origin, line, raw, value, reason: '' };
        return { origin, line, raw, value: null, reason: reasonOf(value.at) };
      });
    }
  }
}

function reasonOf(at: number): string {
  const limit = at > LATEST_MS ? 'is beyond the year 2298' : 'lies ahead of the clock';
  return `its time ${new Date(at).toISOString()} ${limit}`;
}
