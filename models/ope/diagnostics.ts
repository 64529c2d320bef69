// Figures on how far an estimate can be believed, from the weights alone. They are shown with every
// estimate.

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
   * Hill's estimate of the tail index over the ⌈√n⌉ largest weights (Hill 1975): below 2 the
   * variance of IPS may be infinite. Infinity if these weights are equal.
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
  let squares = 0;
  let shared = 0;
  for (const w of weights) {
    sum += w;
    squares += w * w;
    shared += Math.min(1, w);
  }
  const average = sum / n;
  const top = Math.ceil(n / 100);
  return {
    rounds: n,
    effectiveSampleSize: (sum * sum) / squares,
    meanWeight: average,
    meanWeightError: Math.sqrt(Math.max(0, squares - n * average * average) / (n - 1) / n),
    maxWeight: sorted[0]!,
    weight99: sorted[n - Math.ceil(0.99 * n)]!,
    tailIndex: hill(sorted, Math.ceil(Math.sqrt(n))),
    topShare: sorted.subarray(0, top).reduce((total, w) => total + w, 0) / sum,
    overlap: shared / n,
    missingSupport,
  };
}

/** The tail index k / Σⱼ≤ₖ ln(w₍ⱼ₎ / w₍ₖ₊₁₎), for weights in descending order. */
function hill(sorted: Float64Array, k: number): number {
  const threshold = sorted[Math.min(k, sorted.length - 1)]!;
  let total = 0;
  for (let j = 0; j < k; j++) total += Math.log(sorted[j]! / threshold);
  return k / total;
}
