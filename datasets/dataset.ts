// What a log becomes: a catalogue and a deterministic sequence of steps in event-time order.
import type { Click } from '../schemas/topics/clicks.ts';
import type { DeadLetter } from '../schemas/topics/dead-letters.ts';
import type { Impression } from '../schemas/topics/impressions.ts';
import type { Item } from '../schemas/topics/items.ts';
import type { LogRow } from './log-row.ts';

/** One step of a log. The same file gives the same steps, so a replay can resume at a count. */
export type LogStep =
  /** `rows`: the log rows that end in this slate; each row is counted by exactly one step. */
  | { kind: 'impression'; at: number; rows: number; impression: Impression }
  /** `rows`: log rows counted here (0 where the slate already counts them). */
  | { kind: 'click'; at: number; rows: number; click: Click }
  /** A user comes back after a pause; comes before the first slate of that session. `row`: rows before it. */
  | { kind: 'session'; at: number; row: number; sessionId: string; userId: string }
  /** A row that could not be read. */
  | { kind: 'dead'; at: number; rows: number; deadLetter: DeadLetter }
  /** The log has ended: event time moves on, so that every window closes. Always the last step. */
  | { kind: 'end'; at: number };

export interface OpenLog extends AsyncDisposable {
  /** Rows in the log, unreadable ones included. */
  readonly rows: number;
  /** Steps in order of `at`; never holds more than a bounded window of the log. */
  steps(): AsyncIterable<LogStep>;
}

export interface Dataset {
  readonly name: string;
  /** How the rows become impressions and clicks, with the source of the thresholds; for `--help` and the docs. */
  readonly doc: string;
  /** How long a slate waits for feedback, ms: at least the longest delay this log can have. */
  readonly attributionWindowMs: number;
  /** The catalogue, streamed. @throws MillraceError `dataset-file-missing`, `dataset-column-missing` */
  items(folder: string): AsyncIterable<Item>;
  /**
   * Sorts the log by time (external merge sort in `scratch`) and opens it.
   * @throws MillraceError before the first step when a file or a column is missing
   */
  open(folder: string, options: OpenOptions): Promise<OpenLog>;
}

/** A log whose rows are events of one user on one item each. */
export interface RowDataset extends Dataset {
  /** Its rows as they are, in the same order, for protocols that predict each by itself. Throws as `open`. */
  openRows(folder: string, options: OpenOptions): Promise<OpenRows>;
}

export interface OpenRows extends AsyncDisposable {
  /** Readable rows; `limit` counts them. */
  readonly count: number;
  readonly unreadable: number;
  /** In order of time, user, item, behaviour; as often as asked. */
  rows(): AsyncIterable<LogRow[]>;
}

export interface OpenOptions {
  /** Folder for sorted runs; emptied on dispose. */
  scratch: string;
  /** Read at most this many rows of the time-ordered log. */
  limit?: number;
}
