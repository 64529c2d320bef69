// Intervals: by hand where a formula gives them, by exact enumeration where they are guaranteed.
import { describe, expect, it } from '@jest/globals';
import { anytimeIps, anytimeMean, lowerBound } from '../../../models/ope/intervals/betting.ts';
import { bca, bootstrap, percentile } from '../../../models/ope/intervals/bootstrap.ts';
import { empiricalBernstein } from '../../../models/ope/intervals/empirical-bernstein.ts';
import { normalInterval } from '../../../models/ope/intervals/interval.ts';
import { snips } from '../../../models/ope/ips.ts';
import { clustered, estimateOf, type Terms, terms } from '../../../models/ope/rounds.ts';
import { Random } from '../../../models/random.ts';

const direct = (values: number[]): Terms => ({
  ...terms(values.length),
  direct: Float64Array.from(values),
});

describe('the normal interval', () => {
  it('is 1.96 standard errors each way', () => {
    // Variance of 1, 2, 3, 6 is (4 + 1 + 0 + 9) / 3; over 4.
    const error = Math.sqrt(14 / 3 / 4);
    const { low, high } = normalInterval(direct([1, 2, 3, 6]), 0.95);
    expect(low).toBeCloseTo(3 - 1.959963984540054 * error, 12);
    expect(high).toBeCloseTo(3 + 1.959963984540054 * error, 12);
  });

  it('of a ratio is linearised: residuals r − V̂ weigh', () => {
    // w = 1, 3; r = 1, 0: V̂ = 1/4; w (r − V̂) / w̄ = 0.375, −0.375: variance 0.28125, over 2.
    const made = snips({ weights: Float64Array.of(1, 3), rewards: Float64Array.of(1, 0) });
    const { low, high } = normalInterval(made, 0.95);
    expect((high - low) / 2).toBeCloseTo(1.959963984540054 * Math.sqrt(0.28125 / 2), 12);
    expect((high + low) / 2).toBeCloseTo(0.25, 12);
  });
});

describe('clusters', () => {
  it('keep the estimate and count as one piece each', () => {
    // Four rounds, each said three times: the error is that of four.
    const once = { ...terms(4), direct: Float64Array.of(1, 2, 3, 6) };
    const thrice = (values: Float64Array) =>
      Float64Array.from([...values].flatMap((v) => [v, v, v]));
    const made = {
      direct: thrice(once.direct),
      correction: thrice(Float64Array.of(1, 0, 0, 1)),
      norm: thrice(Float64Array.of(2, 1, 1, 2)),
    };
    const owners = Int32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3);
    const together = clustered(made, owners);
    expect(estimateOf(together)).toBeCloseTo(3 + 0.5 / 1.5, 12);
    expect([...together.direct]).toEqual([1, 2, 3, 6].map((v) => expect.closeTo(v, 12)));
    expect([...together.norm]).toEqual([2, 1, 1, 2].map((v) => expect.closeTo(v, 12)));
  });
});

describe('the bootstrap', () => {
  const values = Array.from({ length: 200 }, (_, i) => (i % 20 === 0 ? 1 : 0));
  const ones = Float64Array.from(values);
  const skewed = direct(values);
  const [rates] = bootstrap([skewed], { seed: 1, resamples: 4000 });

  it('has the spread of the mean: 10 clicks of 200 are binomial', () => {
    const centre = rates!.reduce((a, b) => a + b, 0) / 4000;
    const spread = Math.sqrt(rates!.reduce((a, b) => a + (b - centre) ** 2, 0) / 4000);
    const exact = Math.sqrt((0.05 * 0.95) / 200);
    expect(Math.abs(centre - 0.05)).toBeLessThan((4 * exact) / Math.sqrt(4000));
    expect(Math.abs(spread / exact - 1)).toBeLessThan(4 / Math.sqrt(2 * 4000));
  });

  it('gives the same for the same seed, and leaves the terms alone', () => {
    expect(bootstrap([skewed], { seed: 1, resamples: 4000 })[0]).toEqual(rates);
    expect(bootstrap([skewed], { seed: 2, resamples: 4000 })[0]).not.toEqual(rates);
    expect(skewed.direct).toEqual(ones);
  });

  it('percentile: linear between order statistics', () => {
    const sorted = Float64Array.from({ length: 41 }, (_, i) => i);
    expect(percentile(sorted, 0.9)).toEqual({
      low: expect.closeTo(2, 12),
      high: expect.closeTo(38, 12),
    });
    expect(percentile(sorted, 0.95).low).toBeCloseTo(1, 12);
  });

  it('BCa is the percentile interval without skew or bias', () => {
    const even = direct([-1, 1, -1, 1]);
    const sorted = Float64Array.from({ length: 41 }, (_, i) => i - 20);
    expect(bca(sorted, even, 0.9).low).toBeCloseTo(-18, 9);
    expect(bca(sorted, even, 0.9).high).toBeCloseTo(18, 9);
  });

  it('BCa follows the skew: both ends move to the long tail', () => {
    // a = Σ d³ / (6 (Σ d²)^1.5), d = −0.05 in 190 rounds, 0.95 in 10.
    const sum = (power: number) => 190 * (-0.05) ** power + 10 * 0.95 ** power;
    const a = sum(3) / (6 * sum(2) ** 1.5);
    expect(a).toBeCloseTo(0.0487, 3);
    const plain = percentile(rates!, 0.95);
    const moved = bca(rates!, skewed, 0.95);
    expect(moved.low).toBeGreaterThan(plain.low);
    expect(moved.high).toBeGreaterThan(plain.high);
  });
});

describe('empirical Bernstein', () => {
  it('is its formula, cut to the range', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i % 4 === 0 ? 2 : 0));
    // Mean 0.5, variance 0.75 · 1000 / 999; ln(4 / 0.05) = ln 80.
    const log = Math.log(80);
    const width = Math.sqrt((2 * (750 / 999) * log) / 1000) + (7 * 2 * log) / (3 * 999);
    const { low, high } = empiricalBernstein(values, { low: 0, high: 2 }, 0.95);
    expect(low).toBeCloseTo(0.5 - width, 12);
    expect(high).toBeCloseTo(0.5 + width, 12);
    expect(empiricalBernstein(values.subarray(0, 8), { low: 0, high: 2 }, 0.95)).toEqual({
      low: 0,
      high: 2,
    });
  });
});

/** P(the bound is ever above the mean) over every sequence of `n` draws of a two-point value. */
function everAbove(n: number, alpha: number, p: number, value: number): number {
  let failed = 0;
  for (let path = 0; path < 2 ** n; path++) {
    const draws = Float64Array.from({ length: n }, (_, i) => ((path >> i) & 1 ? value : 0));
    const above = draws.some((_, i) => lowerBound(draws.subarray(0, i + 1), alpha) > p * value);
    const hits = draws.filter((draw) => draw > 0).length;
    if (above) failed += p ** hits * (1 - p) ** (n - hits);
  }
  return failed;
}

describe('the anytime-valid lower bound', () => {
  it.each([
    [0.3, 1],
    [0.1, 6],
    [0.6, 1.5],
  ])('is above the mean at any time with probability at most α: p %d of value %d', (p, value) => {
    // Every one of 2^8 sequences, weighed by its probability: no sampling.
    const failed = everAbove(8, 0.3, p, value);
    expect(failed).toBeLessThanOrEqual(0.3);
    expect(failed).toBeGreaterThan(0);
  });

  it('of one value by hand: the gamblers have 1 − s + s x / m together', () => {
    // Nine stakes s = ¾, ¼, …: Σ s = 1.125 (1 − 3^−9); 9 − Σ s + Σ s x / m = 9 / α at x = 1, α = ½.
    const stakes = 1.125 * (1 - 3 ** -9);
    expect(lowerBound(Float64Array.of(1), 0.5)).toBeCloseTo(stakes / (18 - 9 + stakes), 12);
  });

  it('is 0 when there was nothing, and nears the mean when there was much', () => {
    expect(lowerBound(new Float64Array(100), 0.025)).toBe(0);
    const random = new Random(5);
    const draws = Float64Array.from({ length: 5000 }, () => (random.next() < 0.2 ? 1 : 0));
    // A normal bound of one look would be 0.011 below.
    expect(lowerBound(draws, 0.025)).toBeGreaterThan(0.175);
    expect(lowerBound(draws, 0.025)).toBeLessThan(0.2);
  });

  it('is where the gamblers have 1 / α each, however far some have fallen on the way', () => {
    const random = new Random(6);
    const draws = Float64Array.from({ length: 4000 }, () => (random.next() < 0.2 ? 1 : 0));
    const bound = lowerBound(draws, 0.025);
    // Log by log, so that nothing over- or underflows.
    const logs = Array.from({ length: 9 }, (_, k) => 0.75 * 3 ** -k).map((stake) =>
      draws.reduce((sum, x) => sum + Math.log(1 - stake + (stake * x) / bound), 0),
    );
    expect(Math.min(...logs)).toBeLessThan(-500);
    const most = Math.max(...logs);
    const together = most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
    expect(together).toBeCloseTo(Math.log(9 / 0.025), 6);
  });

  it('scales with the values', () => {
    const draws = Float64Array.of(0, 3, 1, 0, 2, 0.5, 4, 1);
    const scaled = draws.map((value) => value * 1000);
    expect(lowerBound(scaled, 0.1)).toBeCloseTo(1000 * lowerBound(draws, 0.1), 6);
  });
});

describe('anytime-valid intervals of a policy', () => {
  // Logged evenly over two actions, always the second wanted: w = 2 or 0; it pays 30 %.
  const n = 5000;
  const random = new Random(3);
  const weights = Float64Array.from({ length: n }, () => (random.next() < 0.5 ? 2 : 0));
  const rewards = Float64Array.from({ length: n }, () => (random.next() < 0.3 ? 1 : 0));

  it('needs no bound on the weights', () => {
    const { low, high } = anytimeIps(weights, rewards, 0.95);
    expect(low).toBeLessThan(0.3);
    expect(high).toBeGreaterThan(0.3);
    // It holds for all times, so it is wider than the normal one of ± 0.021, yet of use.
    expect(low).toBeGreaterThan(0.25);
    expect(high).toBeLessThan(0.4);
  });

  it('takes any bounded values, and keeps to their range', () => {
    const values = weights.map((w, i) => w * (rewards[i]! - 0.3) + 0.3);
    const { low, high } = anytimeMean(values, { low: -2, high: 3 }, 0.95);
    expect(low).toBeLessThan(0.3);
    expect(low).toBeGreaterThan(0.2);
    expect(high).toBeGreaterThan(0.3);
    expect(high).toBeLessThan(0.4);
    const first = anytimeMean(Float64Array.of(0), { low: -2, high: 3 }, 0.95);
    expect(first.low).toBeGreaterThanOrEqual(-2);
    expect(first.low).toBeLessThan(-1.9);
    expect(first.high).toBeLessThanOrEqual(3);
    expect(first.high).toBeGreaterThan(2.9);
  });
});
