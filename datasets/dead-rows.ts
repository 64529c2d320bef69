// Rows that could not be read, kept on disk until the steps begin: there may be many of them.
import { join } from 'node:path';
import type { LogStep } from './dataset.ts';
import { bytesOf } from './lines.ts';
import type { Read } from './rows.ts';
import { readSpool, SpoolWriter } from './spool.ts';

export const DEAD_ROWS_FILE = 'dead.jsonl';

type Packed = [
  rows: number,
  origin: string,
  line: number,
  reason: string,
  raw: string,
  code: string,
];

export class DeadRows {
  readonly #path: string;
  #spool: SpoolWriter | null = null;
  #any = false;
  /** Number of log rows among them. */
  rows = 0;
  /** Why the first of these log rows could not be read, as a sentence; empty while there is none. */
  first = '';

  constructor(scratch: string) {
    this.#path = join(scratch, DEAD_ROWS_FILE);
  }

  /**
   * Adds a row that could not be read.
   * @param rows 1 for a row of the log, 0 for one of a catalogue
   */
  add(read: Read<unknown>, rows: 0 | 1, code = 'row-unreadable'): Promise<void> | undefined {
    this.#spool ??= new SpoolWriter(this.#path);
    this.#any = true;
    if (rows > 0 && this.rows === 0) this.first = sentence(read.line, read.origin, read.reason);
    this.rows += rows;
    return this.#spool.write([
      rows,
      read.origin,
      read.line,
      read.reason,
      read.raw,
      code,
    ] satisfies Packed);
  }

  async close(): Promise<void> {
    await this.#spool?.close();
    this.#spool = null;
  }

  /** The dead letters, in the order in which the rows were added. */
  async *steps(at: number): AsyncGenerator<LogStep[]> {
    if (!this.#any) return;
    for await (const batch of readSpool<Packed>(this.#path)) {
      yield batch.map(([rows, origin, line, reason, raw, code]) => ({
        kind: 'dead',
        at,
        rows,
        deadLetter: {
          at,
          origin,
          partition: null,
          offset: null,
          line,
          code,
          reason: sentence(line, origin, reason),
          key: null,
          data: bytesOf(raw),
          skippedBy: null,
        },
      }));
    }
  }
}

export const sentence = (line: number, origin: string, reason: string) =>
  `Line ${line} of ${origin} was skipped: ${reason}.`;
