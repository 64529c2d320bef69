// An interval that holds at every number of rounds, for a number of rounds fixed beforehand.
import { mean, variance } from '../../moments.ts';
import type { Interval, Range } from './interval.ts';

/**
 * mean ∓ [√(2 V̂ ln(4/δ) / n) + 7 (b − a) ln(4/δ) / (3 (n − 1))], δ = 1 − confidence, for independent
 * values in [a, b]. Maurer & Pontil 2009, theorem 4, each side at δ/2. Conservative.
 */
export function empiricalBernstein(
  values: Float64Array,
  range: Range,
  confidence: number,
): Interval {
  const n = values.length;
  const log = Math.log(4 / (1 - confidence));
  const width =
    Math.sqrt((2 * variance(values) * log) / n) +
    (7 * (range.high - range.low) * log) / (3 * (n - 1));
  const centre = mean(values);
  return { low: Math.max(range.low, centre - width), high: Math.min(range.high, centre + width) };
}
