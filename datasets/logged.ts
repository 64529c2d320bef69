// What is said of slates that another system showed: their propensities can only be estimated.
import { loggedImpression } from '../schemas/logged-events.ts';
import type { Impression } from '../schemas/topics/impressions.ts';
import { ItemCounts } from './item-counts.ts';

/**
 * Stand-in for the unknown logging policy: every position is drawn by popularity, with replacement.
 * With n(i) appearances of item i before the slate, N = Σ n, and C candidates (items that appeared
 * before the slate or are in it), add-one smoothing gives p(i) = (n(i) + 1) / (N + C). Only the past
 * is counted. Memory: one number for each distinct item.
 */
export class Popularity {
  readonly #counts = new ItemCounts();
  #total = 0;

  /** Counts an appearance of an item. */
  add(itemId: string): void {
    this.#counts.add(itemId);
    this.#total += 1;
  }

  /**
   * The number of candidates C, and p of each item. C is never below the length of a slate, which
   * may show an item twice.
   */
  estimate(itemIds: readonly string[]): { candidateCount: number; propensities: number[] } {
    const unseen = new Set(itemIds.filter((itemId) => this.#counts.of(itemId) === 0));
    const candidateCount = Math.max(this.#counts.size + unseen.size, itemIds.length);
    const total = this.#total + candidateCount;
    const propensities = itemIds.map((itemId) => (this.#counts.of(itemId) + 1) / total);
    return { candidateCount, propensities };
  }
}

export interface LoggedSlate {
  impressionId: string;
  userId: string;
  /** Time of the slate's first row, ms. */
  at: number;
  /** Items in the order of the log, position 0 first. */
  itemIds: readonly string[];
}

/** The impression of a logged slate; score = log propensity. */
export function estimatedImpression(slate: LoggedSlate, popularity: Popularity): Impression {
  const { impressionId, userId, at, itemIds } = slate;
  const { candidateCount, propensities } = popularity.estimate(itemIds);
  const logs = propensities.map(Math.log);
  const slateLogProb = logs.reduce((sum, log) => sum + log, 0);
  return loggedImpression(
    { impressionId, userId, at, candidateCount, slateLogProb },
    itemIds.map((itemId, position) => ({
      itemId,
      score: logs[position]!,
      propensity: propensities[position]!,
    })),
  );
}
