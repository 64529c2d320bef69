// Slates from a truncated distribution, with the propensities that the draw had.
//
// Top-k (Fan et al. 2018) keeps the k likeliest, nucleus (Holtzman et al. 2020) the likeliest that have a
// mass of p together; both renormalise. A slate is truncated anew at each position, over what is left, so
// that it can always be filled. What cannot be shown has a propensity of 0: nothing can be learned of it
// off-policy, and estimators that divide by it must leave it out.
import { type DrawnSlate, drawSlate } from '../exploration.ts';
import type { Random } from '../random.ts';

export interface Truncation {
  /** Number of likeliest candidates kept. @default all */
  readonly topK?: number;
  /** Mass of the nucleus, above 0 and at most 1. @default 1 */
  readonly topP?: number;
}

/**
 * The probabilities with zeros for what is not kept. Of equals the first are kept; the most likely
 * one always is.
 */
export function truncate(probabilities: ArrayLike<number>, options: Truncation): Float64Array {
  const { topK = Number.POSITIVE_INFINITY, topP = 1 } = options;
  const order = Array.from(probabilities, (_, i) => i).sort(
    (i, j) => probabilities[j]! - probabilities[i]! || i - j,
  );
  const total = order.reduce((sum, i) => sum + probabilities[i]!, 0);
  const kept = new Float64Array(order.length);
  let mass = 0;
  for (const [rank, i] of order.entries()) {
    if (rank > 0 && (rank >= topK || (topP < 1 && mass >= topP * total))) break;
    kept[i] = probabilities[i]!;
    mass += probabilities[i]!;
  }
  return mass > 0 ? kept.map((p) => p / mass) : kept;
}

/**
 * Draws up to `k` items without replacement, each from the truncated distribution over what is
 * left.
 */
export function drawTruncated(
  probabilities: Float64Array,
  k: number,
  random: Random,
  options: Truncation,
): DrawnSlate {
  const left = Float64Array.from(probabilities);
  const chosen: number[] = [];
  const propensities: number[] = [];
  while (chosen.length < k) {
    const one = drawSlate(truncate(left, options), 1, random);
    if (one.chosen.length === 0) break;
    chosen.push(one.chosen[0]!);
    propensities.push(one.propensities[0]!);
    left[one.chosen[0]!] = 0;
  }
  const logProbability = propensities.reduce((sum, p) => sum + Math.log(p), 0);
  return { chosen, propensities, logProbability };
}

/** Probability of each position of a given slate, given the items above it, under such a draw. */
export function truncatedPropensities(
  probabilities: Float64Array,
  chosen: readonly number[],
  options: Truncation,
): number[] {
  const left = Float64Array.from(probabilities);
  return chosen.map((index) => {
    const p = truncate(left, options)[index]!;
    left[index] = 0;
    return p;
  });
}
