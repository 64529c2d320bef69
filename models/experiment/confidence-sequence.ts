// A mean of many users, looked at after every event: an interval and a p value that hold at all times.

import type { Interval } from '../ope/intervals/interval.ts';
import { square } from '../power.ts';

export interface SequenceOptions {
  /** Chance that the interval is ever wrong. @default 0.05 */
  readonly alpha?: number;
  /**
   * Number of users at which the interval is to be tightest; it must be chosen before the first
   * look.
   * @default 500
   */
  readonly planned?: number;
}

/**
 * ρ² that makes the sequence nearly tightest at t* users: (−2 ln α + ln(−2 ln α) + 1) / t*.
 * Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024, "Time-uniform central limit theory and
 * asymptotic confidence sequences".
 */
function mixing({ alpha = 0.05, planned = 500 }: SequenceOptions): number {
  const log = -2 * Math.log(alpha);
  return (log + Math.log(log) + 1) / planned;
}

/**
 * estimate ∓ s √((v + 1)/v · ln((v + 1)/α²)), v = t ρ², s the standard error after t users: the same
 * paper, theorem 2.2, with σ̂ = s √t. Asymptotic: it holds from a first look at enough users on.
 */
export function confidenceSequence(
  estimate: number,
  standardError: number,
  users: number,
  options: SequenceOptions = {},
): Interval {
  const { alpha = 0.05 } = options;
  const v = users * mixing(options);
  const width = standardError * Math.sqrt(((v + 1) / v) * Math.log((v + 1) / square(alpha)));
  return { low: estimate - width, high: estimate + width };
}

/**
 * The mixture sequential probability ratio test behind it, of "the mean is 0":
 * Λ = (1 + v)^(−1/2) exp(z² v / (2 (1 + v))), z = estimate / s, and p = min(1, 1/Λ).
 * Robbins 1970; Johari, Koomen, Pekelis & Walsh 2022, "Always valid inference". The smallest
 * p so far is valid too; p ≤ α just where 0 is outside the sequence of the same α and `planned`.
 */
export function alwaysValidP(
  estimate: number,
  standardError: number,
  users: number,
  options: SequenceOptions = {},
): number {
  const v = users * mixing(options);
  const z2 = square(estimate / standardError);
  return Math.min(1, Math.exp(0.5 * Math.log1p(v) - (z2 * v) / (2 * (1 + v))));
}
