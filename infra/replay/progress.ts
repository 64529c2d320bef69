// How a replay is named, and where it begins: what it goes by must be the same when it is taken up again.
import type { AheadRule, Dataset } from '../../datasets/dataset.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { latestTime } from '../../schemas/rules.ts';
import type { ReplayProgress } from '../../schemas/topics/replays.ts';
import { defaultErrorPolicy } from '../kafka/errors-policy.ts';

/** The log that is replayed, and which of its rows. */
export interface ReplayedLog {
  readonly dataset: Dataset;
  /** Largest number of rows, in order of time. @default all */
  readonly limit?: number | undefined;
  /**
   * How far ahead of the clock the time of a row may be, ms; −1 for any time.
   * @default 600_000
   */
  readonly maxAheadMs?: number | undefined;
  /** What becomes of rows that lie further ahead. @default 'auto' */
  readonly future?: AheadRule['rows'] | undefined;
}

/** The progress of a replay that has not begun. What makes another log of the files is in its name. */
export function beginningOf({
  dataset,
  limit,
  future = 'auto',
  maxAheadMs = defaultErrorPolicy.maxAheadMs,
}: ReplayedLog): ReplayProgress {
  const chosen = [limit, future === 'auto' ? undefined : future];
  return {
    replayId: [dataset.name, ...chosen.filter((one) => one !== undefined)].join('-'),
    at: 0,
    steps: 0,
    events: 0,
    shown: 0,
    clicks: 0,
    unreadable: 0,
    done: false,
    latest: maxAheadMs < 0 ? null : Math.min(Date.now() + maxAheadMs, latestTime),
  };
}

/**
 * The error for another log than the one that was begun: event time would go on from that log's, so
 * windows would not close, or rows would be learned twice.
 */
export function otherLog(there: string, wanted: string): MillraceError {
  return new MillraceError({
    code: 'replay-of-another-log',
    what: `These topics hold the replay "${there}", and "${wanted}" was asked for.`,
    why: 'Two logs in one set of topics would mix their users, their times and their figures.',
    todo: 'Give this one topics of its own: another --data-dir directory, or a TOPIC_PREFIX.',
  });
}
