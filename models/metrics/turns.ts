// How long users stay, and what a stay earns: the trajectories of interactive recommendation.

export interface Turn {
  readonly userId: string;
  /** Time of the slate, ms since 1970. */
  readonly at: number;
  /** What came of the slate. */
  readonly reward: number;
}

export interface TurnFigures {
  /** Number of sessions. */
  readonly sessions: number;
  /** Mean number of slates of a session: interaction turns; `Len` of EasyRL4Rec. Range 1 up. */
  readonly turns: number;
  /** Mean cumulative reward of a session (`R_traj`). */
  readonly rewardPerSession: number;
  /** Mean reward of a slate (`R_each`). */
  readonly rewardPerTurn: number;
}

/**
 * Slates of a user less than `gapMs` apart are one session.
 * @param turns in any order
 * @returns null without turns
 */
export function turnFigures(turns: readonly Turn[], gapMs: number): TurnFigures | null {
  if (turns.length === 0) return null;
  let sessions = 0;
  for (const own of Map.groupBy(turns, ({ userId }) => userId).values()) {
    const times = own.map(({ at }) => at).sort((a, b) => a - b);
    sessions += times.filter((at, i) => i === 0 || at - times[i - 1]! >= gapMs).length;
  }
  const reward = turns.reduce((sum, turn) => sum + turn.reward, 0);
  return {
    sessions,
    turns: turns.length / sessions,
    rewardPerSession: reward / sessions,
    rewardPerTurn: reward / turns.length,
  };
}
