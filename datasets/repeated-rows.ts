// Rows that a log holds more than once: the first counts, each other one becomes a dead letter.
import type { LogStep } from './dataset.ts';
import { sentence } from './dead-rows.ts';
import type { Sorting } from './sort.ts';

/** What every row of a log knows: its time, and where it stands. */
export interface PlacedRow {
  readonly at: number;
  /** Line of the file, from 1. */
  readonly line: number;
  /** Number of the file among those of the log, from 0. @default 0 */
  file?: number;
}

/** Names of the files of a log, in the order in which they were read. */
export class Origins {
  readonly #names: string[] = [];
  #last = -1;

  /** Notes in a row which file it is of. */
  mark(row: PlacedRow, origin: string): void {
    if (this.#names[this.#last] !== origin) {
      this.#last = this.#names.indexOf(origin);
      if (this.#last < 0) this.#last = this.#names.push(origin) - 1;
    }
    if (this.#last > 0) row.file = this.#last;
  }

  of({ file = 0 }: PlacedRow): string {
    return this.#names[file] ?? '';
  }
}

/** The dead letter of a row that says again what `first` said. @param at time of the step, ms */
export function repeatedRow<R extends PlacedRow>(
  row: R,
  first: R,
  { at, origins, sorting }: { at: number; origins: Origins; sorting: Sorting<R> },
): LogStep {
  const [origin, firstOrigin] = [origins.of(row), origins.of(first)];
  const where = firstOrigin === origin ? '' : ` of ${firstOrigin}`;
  const deadLetter = {
    at,
    origin,
    partition: null,
    offset: null,
    line: row.line,
    code: 'row-duplicate',
    reason: sentence(row.line, origin, `it says again what line ${first.line}${where} says`),
    key: null,
    data: Buffer.from(JSON.stringify(sorting.pack(row))),
    skippedBy: null,
  };
  return { kind: 'dead', at, rows: 1, deadLetter };
}

/** The rows that are no repetition of the one before. */
export async function* distinctRows<R>(
  batches: AsyncIterable<R[]>,
  { same }: Sorting<R>,
): AsyncGenerator<R[]> {
  let first: R | undefined;
  for await (const batch of batches) {
    const distinct = batch.filter((row) => {
      if (first !== undefined && same?.(first, row)) return false;
      first = row;
      return true;
    });
    if (distinct.length > 0) yield distinct;
  }
}
