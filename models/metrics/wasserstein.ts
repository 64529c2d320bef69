// How far two distributions on a line are apart.

/**
 * 1-Wasserstein distance of two samples of one size: the mean distance of their order statistics, in
 * their unit (Vallender 1974: ∫ |F − G|). NaN of nothing.
 */
export function wasserstein(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [one, other] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  let total = 0;
  for (let i = 0; i < one.length; i++) total += Math.abs(one[i]! - other[i]!);
  return total / one.length;
}
