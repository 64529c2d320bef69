// One arm of an experiment: the one definition of what is known of it. The stage `promote` counts examples by
// it, and `millrace experiment` what ClickHouse has (infra/clickhouse/views/_served_by_arm.sql).
//
// The user is the unit, for users are what is assigned. A slate's reward is the number of its items that
// were liked. Each shown position counts once for its item, and once for each of the item's groups.
import type { UserState } from '../../schemas/topics/user-state.ts';
import type { Exposure } from './guardrails.ts';
import { ArmMoments, type UserTotals } from './moments.ts';

/**
 * What was known of a user before the first slate served here: the share of likes, with one
 * pseudo-like of two.
 */
export function covariateOf({ positives, feedbacks }: Pick<UserState, 'positives' | 'feedbacks'>) {
  return (positives + 1) / (feedbacks + 2);
}

/** An arm as JSON. */
export interface SavedArm {
  readonly sums: number[];
  readonly totals: [userId: string, totals: UserTotals][];
  readonly items: [itemId: string, shown: number][];
  readonly groups: [group: string, shown: number][];
}

export class ArmEvidence implements Exposure {
  readonly moments: ArmMoments;
  readonly items: Map<string, number>;
  readonly groups: Map<string, number>;
  /**
   * Mean time of a decision, ms; 0 if it is not known, as in examples, so that its guardrail never
   * breaks.
   */
  latencyMs = 0;
  readonly #totals: Map<string, UserTotals>;

  constructor(saved?: SavedArm) {
    this.#totals = new Map(saved?.totals);
    this.moments = momentsOf(saved);
    this.items = new Map(saved?.items);
    this.groups = new Map(saved?.groups);
  }

  /**
   * Adds slates of a user and what they earned; both may be fractions if they are weighted.
   * @returns the user's totals before, if there were any, and after
   */
  earned(
    userId: string,
    covariate: number,
    { reward, slates }: Omit<UserTotals, 'covariate'>,
  ): { before: UserTotals | undefined; after: UserTotals } {
    const before = this.#totals.get(userId);
    const after = {
      reward: (before?.reward ?? 0) + reward,
      slates: (before?.slates ?? 0) + slates,
      covariate,
    };
    this.moments.replace(before, after);
    this.#totals.set(userId, after);
    return { before, after };
  }

  /** Forgets the totals of a user; the sums of all stay as they are. */
  forget(userId: string): void {
    this.#totals.delete(userId);
  }

  /** Adds a slate that was shown. @param groups groups of all its items, end to end */
  showed(itemIds: readonly string[], groups: readonly string[]): void {
    for (const itemId of itemIds) tally(this.items, itemId);
    for (const group of groups) tally(this.groups, group);
  }

  save(): SavedArm {
    return {
      sums: [...this.moments.sums],
      totals: [...this.#totals],
      items: [...this.items],
      groups: [...this.groups],
    };
  }
}

/** The saved sums; made anew from the users if an earlier version had others. */
function momentsOf(saved?: SavedArm): ArmMoments {
  if (!saved || ArmMoments.fits(saved.sums)) return new ArmMoments(saved?.sums);
  const moments = new ArmMoments();
  for (const [, totals] of saved.totals) moments.replace(undefined, totals);
  return moments;
}

export function tally(counts: Map<string, number>, key: string, n = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + n);
}
