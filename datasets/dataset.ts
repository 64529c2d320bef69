// A data set: a catalogue and a deterministic sequence of steps in the order of event time.
import type { Click } from '../schemas/topics/clicks.ts';
import type { DeadLetter } from '../schemas/topics/dead-letters.ts';
import type { Impression } from '../schemas/topics/impressions.ts';
import type { Item } from '../schemas/topics/items.ts';
import type { Request } from '../schemas/topics/requests.ts';
import type { LogRow } from './log-row.ts';
import type { LogUser } from './log-user.ts';

/** One step of a log. The same file gives the same steps, so a replay can resume at a count. */
export type LogStep =
  /** A slate; `rows` counts the log rows that end in it. Exactly one step counts each row. */
  | { kind: 'impression'; at: number; rows: number; impression: Impression }
  /** A click; `rows` counts log rows here, 0 if the slate counts them already. */
  | { kind: 'click'; at: number; rows: number; click: Click }
  /** A turn of a dialogue that asks for a slate; `rows` counts log rows here, 0 if another step does. */
  | { kind: 'request'; at: number; rows: number; request: Request }
  /**
   * A user comes back after a pause; the step comes before the first slate of the session. `row` is
   * the number of rows before it.
   */
  | { kind: 'session'; at: number; row: number; sessionId: string; userId: string }
  /** A row that could not be read, before all other steps, or one that repeats another. */
  | { kind: 'dead'; at: number; rows: number; deadLetter: DeadLetter }
  /** The end of the log, always the last step: event time moves on, so that every window closes. */
  | { kind: 'end'; at: number };

export interface OpenLog extends AsyncDisposable {
  /** Number of rows in the log, unreadable ones included. */
  readonly rows: number;
  /** Steps in order of `at`; never holds more than a bounded window of the log. */
  steps(): AsyncIterable<LogStep>;
}

export interface Dataset {
  readonly name: string;
  /**
   * How the rows become impressions and clicks, with the source of the thresholds; shown by
   * `--help` and in the docs.
   */
  readonly doc: string;
  /** Time that a slate waits for feedback, ms: at least the longest delay that the log can have. */
  readonly attributionWindowMs: number;
  /**
   * Reads the first rows of every file, so that a wrong one is known before anything is started.
   * @default nothing is looked at
   * @throws MillraceError `dataset-file-missing`, `dataset-column-missing`, `dataset-file-unreadable`,
   * `dataset-empty`
   */
  check?(folder: string): Promise<void>;
  /** The catalogue, streamed. @throws MillraceError `dataset-file-missing`, `dataset-column-missing` */
  items(folder: string): AsyncIterable<Item>;
  /**
   * The users, where the set has a table of them. They are in no topic; protocols may take them.
   * @default none
   */
  users?(folder: string): AsyncIterable<LogUser>;
  /**
   * Opens the log, sorted by time (external merge sort in `scratch`).
   * @throws MillraceError before the first step if a file or a column is missing
   */
  open(folder: string, options: OpenOptions): Promise<OpenLog>;
}

/** A log whose rows are events of one user on one item each. */
export interface RowDataset extends Dataset {
  /**
   * Opens the rows themselves in the same order, for protocols that predict each by itself. Throws
   * as `open`.
   */
  openRows(folder: string, options: OpenOptions): Promise<OpenRows>;
}

export interface OpenRows extends AsyncDisposable {
  /** Number of readable rows that are no repetition. */
  readonly count: number;
  /** Number of rows that say again what another says; `rows` leaves them out, `limit` counts them. */
  readonly repeated: number;
  readonly unreadable: number;
  /** Reads the rows in order of time, user, item, behaviour. It may be called again. */
  rows(): AsyncIterable<LogRow[]>;
}

/** What becomes of rows of a time to come. */
export interface AheadRule {
  /** Latest event time of a row that does not lie ahead, ms. */
  readonly latest: number;
  /**
   * `refuse` makes rows after `latest` dead letters, `keep` lets them in; `auto` lets them in if they
   * are more than half of the readable rows, since then the log as a whole lies ahead.
   */
  readonly rows: 'auto' | 'keep' | 'refuse';
}

export interface OpenOptions {
  /** Folder for sorted runs; it is emptied on dispose. */
  scratch: string;
  /** Largest number of rows to read of the log in order of time. @default all */
  limit?: number;
  /** @default `auto` from now on */
  ahead?: AheadRule;
}
