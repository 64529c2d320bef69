// Squared error of probabilities (Brier 1950).

/** Brier score: mean (p − y)²; NaN without values. */
export function brier(p: ArrayLike<number>, labels: ArrayLike<boolean | number>): number {
  let total = 0;
  for (let i = 0; i < p.length; i++) total += (p[i]! - Number(labels[i]!)) ** 2;
  return total / p.length;
}
