// The coverage study in small, judged by binomial arithmetic: what has 95 % fails a test here less
// than once in 10,000 seeds, and seeds are fixed.
import { describe, expect, it } from '@jest/globals';
import { study } from '../../../bench/coverage/study.ts';

const worlds = 150;
const rows = study({ worlds, rounds: 500, resamples: 200, seed: 20_000 });
const row = (name: string) => rows.find(({ estimator }) => estimator === name)!;
/** Four standard deviations of a share of 95 % in this many worlds. */
const slack = 4 * Math.sqrt((0.95 * 0.05) / worlds);

describe('95 % intervals', () => {
  it.each(['ipw', 'snipw', 'dr', 'sndr'])(
    '%s: asymptotic ones hold the truth about as often',
    (name) => {
      for (const method of ['normal', 'percentile', 'bca'] as const) {
        const { coverage } = row(name).intervals[method]!;
        expect(Math.abs(coverage - 0.95)).toBeLessThan(slack);
      }
    },
  );

  it('guaranteed ones hold it at least as often, and are wider', () => {
    const { normal, empiricalBernstein, anytime } = row('ipw').intervals;
    expect(empiricalBernstein!.coverage).toBeGreaterThan(0.95);
    expect(anytime!.coverage).toBeGreaterThan(0.95);
    expect(row('dr').intervals.anytime!.coverage).toBeGreaterThan(0.95);
    expect(empiricalBernstein!.width).toBeGreaterThan(normal!.width);
    expect(anytime!.width).toBeGreaterThan(normal!.width);
  });

  it('has none guaranteed for what is biased or normalises itself', () => {
    for (const name of ['snipw', 'dm', 'sndr', 'clipped-ipw', 'switch-dr', 'dr-os', 'sg-dr']) {
      expect(row(name).intervals.anytime).toBeNull();
      expect(row(name).intervals.empiricalBernstein).toBeNull();
    }
  });

  it('the direct method does not know the bias of its model', () => {
    expect(row('dm').intervals.normal!.coverage).toBeLessThan(0.85);
  });
});

describe('λ chosen by SLOPE', () => {
  it.each([
    ['switch-dr', 'dr'],
    ['dr-os', 'dr'],
    ['sg-dr', 'dr'],
    ['sg-ipw', 'ipw'],
    ['clipped-ipw', 'ipw'],
  ])('%s errs hardly more than %s, or less', (name, unbiased) => {
    expect(row(name).rmse).toBeLessThan(1.1 * row(unbiased).rmse);
  });
});
