// A user's items in order, with their times where a log has them.

/** What a user did, oldest first. */
export interface TimedHistory {
  readonly items: readonly number[];
  /** Time of each, ms; empty where the log has none. */
  readonly times: readonly number[];
}
