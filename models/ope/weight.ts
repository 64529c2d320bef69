// The weight of a logged action for a policy: how much likelier the policy takes it than the one that was logged.

/**
 * Largest weight. What was logged with a probability near 0 would else be all that an estimate hears of: one
 * such record moves a mean of n by 10 000 / n at most. `_served_rounds.sql` has the same.
 */
const mostWeight = 10_000;

/** π / μ, truncated (Ionides 2008). */
export function weightOf(probability: number, propensity: number): number {
  return Math.min(mostWeight, probability / propensity);
}
