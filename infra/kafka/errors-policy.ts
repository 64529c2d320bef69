// The policy for errors: skip the record, try again, or halt.

import type { AnyTopic } from '../../schemas/topic.ts';
import { mostBytes } from '../../streams/engine/dead-letter.ts';
import type { Clock } from './clock.ts';

export interface ErrorPolicy {
  /**
   * What to do with a record whose bytes cannot be read: `skip` writes it to dead-letters, `halt`
   * ends the stage.
   * @default 'skip'
   */
  readonly undecodable: 'skip' | 'halt';
  /**
   * What to do with a record on which a step throws, or which an enricher could not handle in all
   * its tries.
   * @default 'halt', since the step may be wrong and not the record
   */
  readonly poison: 'skip' | 'halt';
  /**
   * What to do with an output larger than `maxRecordBytes`; a change of state is never skipped.
   * @default 'halt'
   */
  readonly oversized: 'skip' | 'halt';
  /**
   * What to do when retention has deleted input before it was read: `halt` ends the stage; `skip`
   * writes a dead letter that names the range, and goes on with what is there.
   * @default 'halt'
   */
  readonly gap: 'skip' | 'halt';
  /**
   * How far ahead of the clock the time of an event may be, ms; −1 for any time. A later event goes to
   * dead-letters and moves no time.
   * @default 600_000
   */
  readonly maxAheadMs: number;
  /**
   * Largest size of a record's key and value, bytes; the topic's max.message.bytes must allow for
   * it.
   * @default 1_000_000
   */
  readonly maxRecordBytes: number;
  /**
   * Number of failures one after the other, of a stage or of an enricher with one event, after
   * which it is given up.
   * @default 20
   */
  readonly retries: number;
  /**
   * Pause after the first failure, ms; each further pause is twice as long, up to `longestPauseMs`.
   * @default 500
   */
  readonly firstPauseMs: number;
  /** Longest pause after a failure, ms. @default 10_000 */
  readonly longestPauseMs: number;
  /**
   * Time after which a task that has records and does not get on is begun anew, ms.
   * @default 300_000
   */
  readonly stuckAfterMs: number;
  /** Time after which a broker that does not answer counts as failed, ms. @default 45_000 */
  readonly retryForMs: number;
}

export const defaultErrorPolicy: ErrorPolicy = Object.freeze({
  undecodable: 'skip',
  poison: 'halt',
  oversized: 'halt',
  gap: 'halt',
  maxAheadMs: 600_000,
  maxRecordBytes: mostBytes,
  retries: 20,
  firstPauseMs: 500,
  longestPauseMs: 10_000,
  stuckAfterMs: 300_000,
  retryForMs: 45_000,
});

/** Says which event time of a topic is the latest that is let in now, ms. */
export function latestBy(
  { maxAheadMs }: Pick<ErrorPolicy, 'maxAheadMs'>,
  clock: Pick<Clock, 'date'>,
): LatestTime {
  if (maxAheadMs < 0) return () => Number.POSITIVE_INFINITY;
  return ({ derived }) => clock.date() + (derived ? 2 : 1) * maxAheadMs;
}

export type LatestTime = (topic: Pick<AnyTopic, 'derived'>) => number;

/** Pause after a number of failures one after the other, ms. */
export function pauseAfter(
  failures: number,
  { firstPauseMs, longestPauseMs }: Pick<ErrorPolicy, 'firstPauseMs' | 'longestPauseMs'>,
): number {
  return Math.min(longestPauseMs, firstPauseMs * (1 << Math.min(30, failures - 1)));
}
