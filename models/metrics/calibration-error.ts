// How far probabilities are from what happens, over bins of equal mass.

/**
 * ECE (Naeini, Cooper & Hauskrecht 2015) over bins of equal mass (Nguyen & O'Connor 2015):
 * Σ_b n_b / n |mean p − mean y|. Bin b of B ends at rank ⌈bn/B⌉ by p; equal probabilities stay in one
 * bin, so the order of ties does not matter and bins may be fewer. NaN of nothing.
 */
export function calibrationError(
  p: ArrayLike<number>,
  labels: ArrayLike<boolean | number>,
  bins = 10,
): number {
  const n = p.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => p[a]! - p[b]!);
  let total = 0;
  let gap = 0;
  let bin = 1;
  for (const [rank, i] of order.entries()) {
    gap += p[i]! - Number(labels[i]!);
    const last = rank + 1 === n;
    if (!last && (rank + 1 < Math.ceil((bin * n) / bins) || p[order[rank + 1]!] === p[i])) continue;
    total += Math.abs(gap);
    gap = 0;
    while (Math.ceil((bin * n) / bins) <= rank + 1) bin++;
  }
  return n > 0 ? total / n : Number.NaN;
}
