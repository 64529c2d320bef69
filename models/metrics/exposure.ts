// How evenly the showings are spread over all items.

/**
 * Gini coefficient of counts: G = Σ_i (2i − n − 1) x_(i) / (n Σ x), x_(1) ≤ … ≤ x_(n). Items never
 * shown count as 0. Range 0 (all alike) to 1 − 1/n (one takes all); 0 when nothing was shown.
 */
export function gini(counts: readonly number[]): number {
  const sorted = [...counts].sort((a, b) => a - b);
  const n = sorted.length;
  const total = sorted.reduce((sum, x) => sum + x, 0);
  if (total === 0) return 0;
  const weighted = sorted.reduce((sum, x, i) => sum + (2 * (i + 1) - n - 1) * x, 0);
  return weighted / (n * total);
}
