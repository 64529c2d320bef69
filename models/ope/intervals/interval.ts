// Intervals for a policy's true value.
import { normalQuantile } from '../normal.ts';
import { errorOf, estimateOf, type Terms } from '../rounds.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The range that values cannot leave. */
export type Range = Interval;

/** Estimate ∓ z · standard error, by the central limit theorem and, for ratios, the delta method. */
export function normalInterval(terms: Terms, confidence: number): Interval {
  const value = estimateOf(terms);
  const error = errorOf(terms);
  const width = normalQuantile((1 + confidence) / 2) * error;
  return { low: value - width, high: value + width };
}
