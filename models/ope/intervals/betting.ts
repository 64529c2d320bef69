// Intervals that hold at all times at once: look after every round, stop when you like.
// Waudby-Smith & Ramdas 2024 (betting); Waudby-Smith, Wu, Ramdas, Karampatziakis & Mineiro 2024 (off-policy).
import { mean } from '../../moments.ts';
import { power } from '../../power.ts';
import type { Interval, Range } from './interval.ts';

/** Shares of their wealth that the gamblers stake in each round. */
const STAKES = Array.from({ length: 9 }, (_, d) => 0.75 * power(3, -d));
/** Number of halvings of the interval that holds the bound. */
const STEPS = 50;

/**
 * A lower confidence bound on the mean of values ≥ 0, of any size, that are independent, or have that
 * mean whatever came before. For each m nine gamblers bet that the mean is larger, with wealth
 * Πᵢ (1 + λ (xᵢ − m)), λ = stake / m. Were the mean at most m, their average wealth would ever reach
 * 1/α with probability at most α (Ville 1939): so the bound is the m where it stands at 1/α
 * (diversified Kelly betting). It falls as m grows, and is at most 1 from the values' mean upwards.
 * @param alpha chance that the bound of any number of first values is above the mean
 */
export function lowerBound(values: Float64Array, alpha: number): number {
  const enough = Math.log(STAKES.length / alpha);
  let low = 0;
  let high = mean(values);
  for (let step = 0; step < STEPS; step++) {
    const m = (low + high) / 2;
    if (m > 0 && logWealth(values, m) >= enough) low = m;
    else high = m;
  }
  return low;
}

/** Natural log of the gamblers' wealth together; each began with 1. */
function logWealth(values: Float64Array, m: number): number {
  const logs = STAKES.map((stake) => {
    let log = 0;
    let product = 1;
    for (let i = 0; i < values.length; i++) {
      product *= 1 - stake + (stake / m) * values[i]!;
      if (product > 1e100 || product < 1e-100) {
        log += Math.log(product);
        product = 1;
      }
    }
    return log + Math.log(product);
  });
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}

/**
 * The value of a policy by IPS for rewards in [0, 1] and weights of any size: w r bounds it from
 * below and w (1 − r), whose mean is one minus it, from above. Needs full support. With a known bound
 * on the weights and rare rewards, `anytimeMean` is narrower.
 */
export function anytimeIps(
  weights: Float64Array,
  rewards: Float64Array,
  confidence: number,
): Interval {
  const alpha = (1 - confidence) / 2;
  const gained = weights.map((weight, i) => weight * rewards[i]!);
  const missed = weights.map((weight, i) => weight * (1 - rewards[i]!));
  return { low: lowerBound(gained, alpha), high: 1 - lowerBound(missed, alpha) };
}

/**
 * An interval for the mean of values that cannot leave a range, such as the terms of an unbiased
 * estimator.
 */
export function anytimeMean(values: Float64Array, range: Range, confidence: number): Interval {
  const alpha = (1 - confidence) / 2;
  const above = values.map((value) => value - range.low);
  const below = values.map((value) => range.high - value);
  return {
    low: range.low + lowerBound(above, alpha),
    high: range.high - lowerBound(below, alpha),
  };
}
