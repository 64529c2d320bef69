import { describe, expect, it } from '@jest/globals';
import { makeCases } from '../../bench/metrics/cases.ts';
import { compared } from '../../bench/metrics/compare.ts';
import { ourFigures } from '../../bench/metrics/figures.ts';

describe('the comparison of metrics', () => {
  it('says what is off, and where', () => {
    const ours = { AUC: { a: 0.5, b: Number.NaN, c: 0.75 } };
    const row = (values: Record<string, number | null>) =>
      compared('x', ours, { AUC: { peer: values } })[0]!;
    expect(row({ a: 0.5, b: null, c: 0.75 + 1e-12 })).toMatchObject({ cases: 3, within: true });
    expect(row({ a: 0.5, c: 0.7501 })).toMatchObject({ cases: 2, within: false, worst: 'c' });
    expect(row({ a: null })).toMatchObject({ difference: Number.POSITIVE_INFINITY, within: false });
    expect(row({ b: 0.5 })).toMatchObject({ difference: Number.POSITIVE_INFINITY, within: false });
    expect(compared('x', ours, {})).toEqual([]);
  });

  it('has figures of every case, the same for the same seed', () => {
    const figures = ourFigures(makeCases(3, 100));
    expect(ourFigures(makeCases(3, 100))).toEqual(figures);
    expect(ourFigures(makeCases(4, 100))).not.toEqual(figures);
    expect(Object.keys(figures.AUC!)).toContain('some without a score');
    expect(figures['ROUGE-1']!.Chinese).toBeGreaterThan(0.5);
  });
});
