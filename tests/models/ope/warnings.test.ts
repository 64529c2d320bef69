// What speaks against an estimate is said, and only then.
import { describe, expect, it } from '@jest/globals';
import { diagnose } from '../../../models/ope/diagnostics.ts';
import { warnings } from '../../../models/ope/warnings.ts';

const even = diagnose(Float64Array.from({ length: 1000 }, (_, i) => (i % 2 ? 0.8 : 1.2)));

describe('warnings', () => {
  it('has none about a log of nearly the same policy', () => {
    expect(warnings(even)).toEqual([]);
    expect(warnings(diagnose(new Float64Array(500).fill(1)))).toEqual([]);
  });

  it.each([
    [{ effectiveSampleSize: 40 }, /^Only 40 of 1000 rounds count/],
    [{ meanWeight: 1.2, meanWeightError: 0.04 }, /^The mean weight is 1.200 ± 0.040, not 1/],
    [{ tailIndex: 1.7 }, /tail index 1.70/],
    [{ topShare: 0.6 }, /^1 % of the rounds hold 60.0 % of the weight/],
    [{ missingSupport: 0.25 }, /^25.0 % of what the policy does was never logged/],
  ])('%j', (change, said) => {
    expect(warnings({ ...even, ...change })).toEqual([expect.stringMatching(said)]);
  });

  it('does not forgive weights of nothing', () => {
    expect(warnings(diagnose(new Float64Array(200)))).toEqual([
      expect.stringMatching(/^Only \S+ of 200 rounds count/),
      expect.stringMatching(/^The mean weight is 0.000 ± 0.000, not 1/),
    ]);
  });
});
