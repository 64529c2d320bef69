// Distinct-n on texts counted by hand.
import { expect, it } from '@jest/globals';
import { distinctN } from '../../../models/metrics/language/distinct.ts';

it('counts each run of words once', () => {
  const texts = [
    ['how', 'about', 'it'],
    ['how', 'about', 'that'],
  ];
  // how, about, it, that of 6; how about, about it, about that of 4.
  expect(distinctN(texts, 1)).toBeCloseTo(4 / 6, 12);
  expect(distinctN(texts, 2)).toBeCloseTo(3 / 4, 12);
  expect(distinctN([], 1)).toBe(0);
});
