// What a stage does with what goes wrong: skip the record, try again, or halt.

export interface ErrorPolicy {
  /** A record whose bytes cannot be read: to dead-letters, or the end of the stage. @default 'skip' */
  readonly undecodable: 'skip' | 'halt';
  /** A record on which a step throws. @default 'halt': it may be the step that is wrong, not the record */
  readonly poison: 'skip' | 'halt';
  /** An output larger than `maxRecordBytes`. State is never skipped. @default 'halt' */
  readonly oversized: 'skip' | 'halt';
  /** Bytes of a record's value at the most, as the broker's max.message.bytes has it. @default 1_000_000 */
  readonly maxRecordBytes: number;
  /** Lives of a stage that may fail one after the other, before it is given up. @default 20 */
  readonly retries: number;
  /** The pause before the first new life, ms; each further one is twice as long … @default 500 */
  readonly firstPauseMs: number;
  /** … up to this. @default 10_000 */
  readonly longestPauseMs: number;
  /** A task that has records and makes no progress for so long is begun anew, ms. @default 300_000 */
  readonly stuckAfterMs: number;
}

export const defaultErrorPolicy: ErrorPolicy = Object.freeze({
  undecodable: 'skip',
  poison: 'halt',
  oversized: 'halt',
  maxRecordBytes: 1_000_000,
  retries: 20,
  firstPauseMs: 500,
  longestPauseMs: 10_000,
  stuckAfterMs: 300_000,
});
