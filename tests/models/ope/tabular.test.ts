// Tables of rewards and propensities, support, diagnostics and the choice of λ, by hand.

import { describe, expect, it } from '@jest/globals';
import { mean } from '../../../models/moments.ts';
import { diagnose } from '../../../models/ope/diagnostics.ts';
import { normalCdf, normalQuantile } from '../../../models/ope/normal.ts';
import { type Terms, terms } from '../../../models/ope/rounds.ts';
import { slope } from '../../../models/ope/slope.ts';
import {
  estimatePropensities,
  missingSupport,
  rewardTable,
  type TabularLog,
} from '../../../models/ope/tabular.ts';
import {
  sequentialRounds,
  tabularRounds,
  targetRounds,
} from '../../../models/ope/tabular-rounds.ts';

// Context 0: actions 0, 0, 1; context 1: action 1. Two of four rewarded: g = 0.5.
const log: TabularLog = {
  contexts: Int32Array.of(0, 0, 0, 1),
  actions: Int32Array.of(0, 0, 1, 1),
  rewards: Float64Array.of(1, 0, 0, 1),
  propensities: Float64Array.of(0.8, 0.8, 0.2, 0.5),
  contextCount: 2,
  actionCount: 2,
};
const policy = { values: Float64Array.of(0.4, 0.6, 0.25, 0.75), actions: 2 };

describe('tables', () => {
  it('shrinks rewards to the mean of the log', () => {
    // (1 + 1) / (2 + 2), (0 + 1) / (1 + 2), (0 + 1) / (0 + 2), (1 + 1) / (1 + 2).
    expect([...rewardTable(log, 2).values]).toEqual([0.5, 1 / 3, 0.5, 2 / 3]);
    expect(rewardTable(log).values[1]).toBeCloseTo(50 / 101, 14);
  });

  it('counts propensities, with a round of belief in chance', () => {
    // (2 + 0.5) / (3 + 1), (1 + 0.5) / 4, 0.5 / 2, 1.5 / 2.
    expect([...estimatePropensities(log).values]).toEqual([0.625, 0.375, 0.25, 0.75]);
    expect([...estimatePropensities(log, 0).values]).toEqual([2 / 3, 1 / 3, 0, 1]);
  });

  it('makes rounds of them', () => {
    const rounds = tabularRounds(log, policy, rewardTable(log, 2));
    expect([...rounds.weights]).toEqual([0.5, 0.5, 0.6 / 0.2, 1.5]);
    expect([...rounds.predicted]).toEqual([0.5, 0.5, 1 / 3, 2 / 3]);
    // 0.4 · 0.5 + 0.6 / 3 = 0.4; 0.25 · 0.5 + 0.75 · 2 / 3 = 0.625.
    for (const [i, value] of [0.4, 0.4, 0.4, 0.625].entries()) {
      expect(rounds.expected[i]).toBeCloseTo(value, 14);
    }
  });

  it('makes them of probabilities at the logged actions alone', () => {
    // Weights .5, .5, 3, 1.5: in context 0 the shares are 1/4 and 3/4, in context 1 all is action 1.
    const rounds = targetRounds(log, Float64Array.of(0.4, 0.4, 0.6, 0.75), rewardTable(log, 2));
    expect([...rounds.weights]).toEqual([0.5, 0.5, 0.6 / 0.2, 1.5]);
    for (const [i, value] of [0.375, 0.375, 0.375, 2 / 3].entries()) {
      expect(rounds.expected[i]).toBeCloseTo(value, 14);
    }
    const nothing = targetRounds(log, Float64Array.of(0, 0, 0, 1), rewardTable(log, 2));
    expect(nothing.expected[0]).toBe(0);
  });

  it.each([0, -0.1, 1.5, Number.NaN])('refuses a propensity of %d', (propensity) => {
    const bad = { ...log, propensities: Float64Array.of(1, 1, 1, propensity) };
    expect(() => tabularRounds(bad, policy, rewardTable(log))).toThrow(
      expect.objectContaining({ code: 'ope-propensity-invalid' }),
    );
  });

  it('sees what was never logged: action 0 of context 1, a quarter of what one round in four would do', () => {
    expect(missingSupport(log, policy)).toBeCloseTo(0.25 / 4, 14);
  });
});

describe('diagnostics', () => {
  it('of four weights', () => {
    // Σw = 6, Σw² = 14. Logs of the two largest over the third: ln 3, ln 2; their mean is .896, that of
    // their squares .844; γ = .896 + 1 − .5 / (1 − .803 / .844) < 0: no tail.
    const found = diagnose(Float64Array.of(1, 3, 0, 2), 0.1);
    expect(found).toEqual({
      rounds: 4,
      effectiveSampleSize: expect.closeTo(36 / 14, 12),
      meanWeight: 1.5,
      // Variance (14 − 9) / 3, over 4 rounds.
      meanWeightError: expect.closeTo(Math.sqrt(5 / 3 / 4), 12),
      maxWeight: 3,
      weight99: 3,
      tailIndex: Number.POSITIVE_INFINITY,
      topShare: 0.5,
      overlap: 0.75,
      missingSupport: 0.1,
    });
  });

  it('of a log by the policy itself: nothing is lost', () => {
    const found = diagnose(new Float64Array(200).fill(1));
    expect(found).toMatchObject({
      effectiveSampleSize: 200,
      meanWeightError: 0,
      tailIndex: Number.POSITIVE_INFINITY,
      overlap: 1,
      topShare: 2 / 200,
      missingSupport: null,
    });
  });

  it('of weights that fall off as x^−1.5 sees that tail', () => {
    const n = 10_000;
    const weights = Float64Array.from({ length: n }, (_, i) => ((i + 0.5) / n) ** (-1 / 1.5));
    expect(Math.abs(diagnose(weights).tailIndex - 1.5)).toBeLessThan(0.05);
    expect(diagnose(weights).weight99).toBeCloseTo((100.5 / n) ** (-1 / 1.5), 9);
  });

  it('of weights that cannot go beyond a bound sees no tail', () => {
    const n = 10_000;
    const even = Float64Array.from({ length: n }, (_, i) => (2 * (i + 0.5)) / n);
    expect(diagnose(even).tailIndex).toBe(Number.POSITIVE_INFINITY);
    // A floor under the log's propensities is such a bound: Hill's estimate says 2.2 here.
    const few = Float64Array.from({ length: n }, (_, i) => (i < 60 ? 10 : 0.9));
    expect(diagnose(few).tailIndex).toBe(Number.POSITIVE_INFINITY);
    const clipped = Float64Array.from({ length: n }, (_, i) =>
      Math.min(50, ((i + 0.5) / n) ** -0.7),
    );
    expect(diagnose(clipped).tailIndex).toBe(Number.POSITIVE_INFINITY);
  });

  it('of large weights near each other knows the error of their mean', () => {
    const weights = Float64Array.of(1e9, 1e9 + 1, 1e9 + 2);
    expect(diagnose(weights).meanWeightError).toBeCloseTo(Math.sqrt(1 / 3), 9);
  });
});

describe('the normal distribution', () => {
  it.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [1.959963984540054, 0.975],
    [-3, 0.00134989803163009],
    [8, 1],
  ])('at %d is %d', (x, p) => {
    expect(Math.abs(normalCdf(x) - p)).toBeLessThan(1e-14 * Math.max(p, 0.1));
  });

  it.each([
    [-7.5, 3.190891672910892e-14],
    [-8, 6.220960574271785e-16],
    [-10, 7.619853024160527e-24],
  ])('far out, at %d, is %d to seven digits', (x, p) => {
    expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-7);
  });

  it('is inverted', () => {
    for (const p of [1e-6, 0.025, 0.5, 0.9, 0.999]) {
      expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 14);
    }
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('SLOPE', () => {
  /** Two rounds at value ∓ spread: s² = 2 spread², so the standard error is the spread. */
  const candidates = [
    [0.5, 0.1],
    [0.45, 0.05],
    [0.3, 0.02],
    [0.52, 0.01],
  ] as const;
  const at = (i: number): Terms => {
    const [value, spread] = candidates[i]!;
    return { ...terms(2), direct: Float64Array.of(value - spread, value + spread) };
  };

  it('goes on to the smallest variance that agrees with all before, and not beyond', () => {
    // Half-widths of two standard errors: .2, .1, .04, .02; √6 − 1 = 1.4495. The third is .2 from the
    // first (allowed .04 + .2899) and .15 from the second (allowed .04 + .1449); the fourth .22 from
    // the third (allowed .02 + .058).
    const choice = slope([0, 1, 2, 3], at, 2);
    expect(choice.parameter).toBe(2);
    expect(choice.value).toBeCloseTo(0.3, 14);
  });

  it('is stricter with narrower ones: .2 is above (.02 + .1449) of one standard error', () => {
    expect(slope([0, 1, 2, 3], at, 1).parameter).toBe(1);
  });

  it('stays with the first where the second already disagrees', () => {
    expect(slope([3, 2], at, 2).parameter).toBe(3);
    expect(mean(slope([3, 2], at, 2).terms.direct)).toBeCloseTo(0.52, 14);
  });
});

describe('a model of the earlier rounds only', () => {
  it('predicts, then learns: one round of belief in ½', () => {
    const rounds = sequentialRounds(log, policy);
    // Cell (0, 0): ½, then (½ + 1) / 2 = 0.75; the other cells are new when they come.
    expect([...rounds.predicted]).toEqual([0.5, 0.75, 0.5, 0.5]);
    // After round 1: 0.4 · 0.75 + 0.6 · 0.5 = 0.6; after round 2, (½ + 1 + 0) / 3: as at first.
    for (const [i, value] of [0.5, 0.6, 0.5, 0.5].entries()) {
      expect(rounds.expected[i]).toBeCloseTo(value, 14);
    }
    expect([...rounds.weights]).toEqual([0.5, 0.5, 0.6 / 0.2, 1.5]);
  });
});
