// Times by which a group notices that a member is gone.
export interface MembershipTiming {
  /**
   * Time without a sign of life after which a member loses its partitions, ms: short enough to wait
   * for after a crash, longer than the longest stop of the event loop.
   * @default 10_000
   */
  readonly sessionTimeoutMs: number;
  /** Time between two heartbeats of a member, ms. @default 2_000 */
  readonly heartbeatIntervalMs: number;
}

export const defaultTiming: MembershipTiming = Object.freeze({
  sessionTimeoutMs: 10_000,
  heartbeatIntervalMs: 2_000,
});
