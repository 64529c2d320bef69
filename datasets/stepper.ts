// How a data set turns time-ordered rows into steps: plain, synchronous, one row at a time.
import type { LogStep } from './dataset.ts';
import type { LogRow } from './log-row.ts';

export interface Stepper<R = LogRow> {
  /**
   * Sees every row once, in order, before the first is pushed, and may append steps that come before
   * all rows. @default the rows are read once
   * @param first time of the first row: of every step appended here
   */
  foresee?(row: R, first: number, out: LogStep[]): void;
  /**
   * Takes the next row, and appends the steps that are now certain to `out`, in order of `at`.
   * @param row rows come in order of time
   * @param before number of log rows before this one
   */
  push(row: R, before: number, out: LogStep[]): void;
  /** Ends the log: appends the steps that were held back. */
  finish(out: LogStep[]): void;
}
