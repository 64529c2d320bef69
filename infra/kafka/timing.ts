// How soon a member of a group is missed.
export interface MembershipTiming {
  /**
   * A member that was not heard of for so long loses its partitions, ms: short enough to wait for after
   * a crash, long enough for the longest stop of the event loop. @default 10_000
   */
  readonly sessionTimeoutMs: number;
  /** @default 2_000 */
  readonly heartbeatIntervalMs: number;
}

export const defaultTiming: MembershipTiming = Object.freeze({
  sessionTimeoutMs: 10_000,
  heartbeatIntervalMs: 2_000,
});
