// What is done with what goes wrong: skip the record, try again, or halt.

export interface ErrorPolicy {
  /** A record whose bytes cannot be read: to dead-letters, or the end of the stage. @default 'skip' */
  readonly undecodable: 'skip' | 'halt';
  /**
   * A record on which a step throws, or that an enricher could not handle in all its tries.
   * @default 'halt': it may be the step that is wrong, not the record
   */
  readonly poison: 'skip' | 'halt';
  /** An output larger than `maxRecordBytes`. State is never skipped. @default 'halt' */
  readonly oversized: 'skip' | 'halt';
  /**
   * Input that retention deleted before it was read: the end of the stage, or a dead letter that names
   * the range, and on from what is there. @default 'halt'
   */
  readonly gap: 'skip' | 'halt';
  /** Bytes of a record's key and value at the most; max.message.bytes must allow for them. @default 1_000_000 */
  readonly maxRecordBytes: number;
  /** Failures one after the other, of a stage or of an enricher with one event, until it is given up. @default 20 */
  readonly retries: number;
  /** The pause after the first failure, ms; each further one is twice as long … @default 500 */
  readonly firstPauseMs: number;
  /** … up to this. @default 10_000 */
  readonly longestPauseMs: number;
  /** A task that has records and gets no further for so long is begun anew, ms. @default 300_000 */
  readonly stuckAfterMs: number;
  /** A broker that does not answer for so long is a failure, ms. @default 45_000 */
  readonly retryForMs: number;
}

export const defaultErrorPolicy: ErrorPolicy = Object.freeze({
  undecodable: 'skip',
  poison: 'halt',
  oversized: 'halt',
  gap: 'halt',
  maxRecordBytes: 1_000_000,
  retries: 20,
  firstPauseMs: 500,
  longestPauseMs: 10_000,
  stuckAfterMs: 300_000,
  retryForMs: 45_000,
});

/** The pause after so many failures one after the other, ms. */
export function pauseAfter(
  failures: number,
  { firstPauseMs, longestPauseMs }: Pick<ErrorPolicy, 'firstPauseMs' | 'longestPauseMs'>,
): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
}
