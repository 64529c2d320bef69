// Squared error of probabilities (Brier 1950).
import { square } from '../power.ts';

/** Brier score: mean (p − y)²; NaN without values. */
export function brier(p: ArrayLike<number>, labels: ArrayLike<boolean | number>): number {
  let total = 0;
  for (let i = 0; i < p.length; i++) total += square(p[i]! - Number(labels[i]!));
  return total / p.length;
}
