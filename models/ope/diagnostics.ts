// Figures on how far an estimate can be believed, from the weights alone. They are shown with every
// estimate.
import { standardError } from '../moments.ts';

export interface Diagnostics {
  readonly rounds: number;
  /**
   * (Σw)² / Σw²: number of rounds of an on-policy log with about the same information (Kong 1992).
   */
  readonly effectiveSampleSize: number;
  /** Mean weight, which should be 1: E₀[w] is the policy's mass on what the log could have held. */
  readonly meanWeight: number;
  /**
   * Standard error of `meanWeight`. If it is more than a few of these away from 1, propensities or
   * support are wrong.
   */
  readonly meanWeightError: number;
  readonly maxWeight: number;
  /** The smallest weight that 99 % of the rounds do not exceed. */
  readonly weight99: number;
  /**
   * Tail index 1/γ by the moment estimator over the ⌈√n⌉ largest weights (Dekkers, Einmahl & de Haan
   * 1989, equation 1.7): below 2 the variance of IPS may be infinite. Infinity for γ ≤ 0, which is what
   * weights with a bound have (Hill's estimate knows no γ ≤ 0), and where the largest weight is there
   * twice, which is such a bound itself.
   */
  readonly tailIndex: number;
  /** Share of Σw in the 1 % of rounds with the largest weights. */
  readonly topShare: number;
  /**
   * E₀[min(1, w)] = Σ min(π, π₀): 1 if the policies are the same, 0 if they have no action in
   * common.
   */
  readonly overlap: number;
  /**
   * Share of what the policy does that was never logged in its context; null if it is not known.
   */
  readonly missingSupport: number | null;
}

export function diagnose(weights: Float64Array, missingSupport: number | null = null): Diagnostics {
  const n = weights.length;
  const sorted = weights.toSorted().reverse();
  let sum = 0;
  let shared = 0;
  for (const w of weights) {
    sum += w;
    shared += Math.min(1, w);
  }
  const average = sum / n;
  const top = Math.ceil(n / 100);
  return {
    rounds: n,
    effectiveSampleSize: (sum * sum) / weights.reduce((total, w) => total + w * w, 0),
    meanWeight: average,
    meanWeightError: standardError(weights),
    maxWeight: sorted[0]!,
    weight99: sorted[n - Math.ceil(0.99 * n)]!,
    tailIndex: tailIndex(sorted, Math.ceil(Math.sqrt(n))),
    topShare: sorted.subarray(0, top).reduce((total, w) => total + w, 0) / sum,
    overlap: shared / n,
    missingSupport,
  };
}

/** @param sorted weights in descending order @param most number of the largest that are looked at */
function tailIndex(sorted: Float64Array, most: number): number {
  const above = sorted.findIndex((w) => !(w > 0));
  const k = Math.min(most, (above < 0 ? sorted.length : above) - 1);
  if (k < 2 || sorted[0] === sorted[1]) return Number.POSITIVE_INFINITY;
  let [first, second] = [0, 0];
  for (let j = 0; j < k; j++) {
    const excess = Math.log(sorted[j]! / sorted[k]!);
    first += excess / k;
    second += (excess * excess) / k;
  }
  const gamma = first + 1 - 0.5 / (1 - (first * first) / second);
  return gamma > 0 ? 1 / gamma : Number.POSITIVE_INFINITY;
}
