// The guaranteed intervals of a report: of which estimators, from what is known, and within the rewards' range.
import { describe, expect, it } from '@jest/globals';
import { estimateAll, type ReportOptions } from '../../../models/ope/report.ts';
import type { ModelledRounds } from '../../../models/ope/rounds.ts';

/** Rounds of a policy on its own log; three of ten are rewarded. */
function rounds(n: number): ModelledRounds {
  const of = (value: (i: number) => number) => Float64Array.from({ length: n }, (_, i) => value(i));
  return {
    weights: of(() => 1),
    rewards: of((i) => (i % 10 < 3 ? 1 : 0)),
    predicted: of(() => 0.3),
    expected: of(() => 0.3),
  };
}

const intervals = (n: number, options: Partial<ReportOptions>) => {
  const estimates = estimateAll(rounds(n), {
    seed: 1,
    resamples: 20,
    unitRewards: true,
    ...options,
  });
  const of = (name: string) => {
    const { empiricalBernstein, anytime } = estimates.find((one) => one.estimator === name)!;
    return { empiricalBernstein, anytime };
  };
  return { ipw: of('ipw'), dr: of('dr'), snipw: of('snipw') };
};
const none = { empiricalBernstein: null, anytime: null };

describe('guaranteed intervals', () => {
  it('hold the value, and end where rewards do', () => {
    const { ipw } = intervals(500, { maxWeight: 1 });
    for (const { low, high } of [ipw.empiricalBernstein!, ipw.anytime!]) {
      expect(low).toBeGreaterThan(0.15);
      expect(low).toBeLessThan(0.3);
      expect(high).toBeGreaterThan(0.3);
      expect(high).toBeLessThan(0.45);
    }
    // A weight of five was possible: the formula goes beyond 0 and 1.
    expect(intervals(20, { maxWeight: 5 }).ipw.empiricalBernstein).toEqual({ low: 0, high: 1 });
  });

  it.each<[string, Partial<ReportOptions>, boolean[]]>([
    ['a bound on the weights', { maxWeight: 1 }, [true, true, false]],
    ['no bound on the weights', {}, [false, true, false]],
    ['a model of earlier rounds', { maxWeight: 1, sequential: rounds(50) }, [true, true, true]],
    ['rewards of any size', { maxWeight: 1, unitRewards: false }, [false, false, false]],
  ])('need what they need: %s', (_, options, known) => {
    const { ipw, dr, snipw } = intervals(50, options);
    expect([ipw.empiricalBernstein, ipw.anytime, dr.anytime].map((one) => one !== null)).toEqual(
      known,
    );
    expect(dr.empiricalBernstein).toBeNull();
    expect(snipw).toEqual(none);
  });

  it('are not known of rounds that belong together', () => {
    const clusters = Int32Array.from({ length: 50 }, (_, i) => i >> 1);
    const { ipw, dr } = intervals(50, { maxWeight: 1, sequential: rounds(50), clusters });
    expect([ipw, dr]).toEqual([none, none]);
  });
});
