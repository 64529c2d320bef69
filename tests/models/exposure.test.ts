// Clicks against expected clicks, worked out by hand.
import { describe, expect, it } from '@jest/globals';
import { EXPOSURE_FEATURES, Exposure } from '../../models/bandit/millrace/exposure.ts';

const HOUR = 3.6e6;
const of = (name: (typeof EXPOSURE_FEATURES)[number]) => EXPOSURE_FEATURES.indexOf(name);

function features(exposure: Exposure, at: number, item: number, n: number, size = 3) {
  const x = new Float64Array(EXPOSURE_FEATURES.length);
  if (n > 0) exposure.fill(x, 0, item, Math.log1p(n), at, 0);
  exposure.fillSlate(x, 0, x.length, { clicks: exposure.userRatio(1), size });
  return x;
}

describe('Exposure', () => {
  it('expects of a size what its slates had, from the rate of all on', () => {
    const exposure = new Exposure();
    expect(exposure.expected(3, 0.1)).toBeCloseTo(0.1, 12);
    exposure.learn({ user: 1, at: 0, size: 3 }, 0, 1, 0.1);
    // One click of one shown: (1 + 20 · 0.1) / (1 + 20).
    expect(exposure.expected(3, 0.1)).toBeCloseTo(3 / 21, 12);
    expect(exposure.expected(30, 0.1)).toBeCloseTo(0.1, 12);
  });

  it('holds clicks against expected ones, and lets the late ones fade by half in half an hour', () => {
    const exposure = new Exposure();
    exposure.learn({ user: 1, at: 0, size: 3 }, 0, 1, 0.1);
    const now = features(exposure, 0, 0, 1);
    expect(now[of('item clicks / expected, shrunk')]).toBeCloseTo(Math.log(17 / 16.1), 12);
    expect(now[of('item clicks / expected, half-hour')]).toBeCloseTo(Math.log(5 / 4.1), 12);
    expect(now[of('user clicks / expected')]).toBeCloseTo(Math.log(2 / 1.1), 6);
    const later = features(exposure, HOUR / 2, 0, 1);
    expect(later[of('item clicks / expected, half-hour')]).toBeCloseTo(Math.log(4.5 / 4.05), 12);
    expect(later[of('item shown, half-hour')]).toBeCloseTo(Math.log1p(0.5) / 3, 12);
    expect(later[of('item shown, 2 hours')]).toBeCloseTo(Math.log1p(2 ** -0.25) / 3, 12);
    expect(later[of('item shown, 32 hours')]).toBeCloseTo(Math.log1p(2 ** (-1 / 64)) / 3, 12);
    expect(later[of('item age in hours')]).toBeCloseTo(Math.log1p(0.5) / 3, 12);
  });

  it('asks the same of an item never seen, whatever the others did', () => {
    const exposure = new Exposure();
    const unseen = features(exposure, 5, -1, 0);
    exposure.learn({ user: 2, at: 0, size: 3 }, 0, 1, 0.1);
    expect(features(exposure, 5, -1, 0)).toEqual(unseen);
    expect(unseen[of('slate size')]).toBeCloseTo(Math.log(3) - 3, 12);
  });

  it('measures ratios against the mean of the slate', () => {
    const width = EXPOSURE_FEATURES.length;
    const x = new Float64Array(2 * width);
    const against = of('item clicks / expected, against the slate');
    const count = of('slate count');
    x[against] = Math.log(3);
    x[width + count] = 1;
    new Exposure().fillSlate(x, 0, width, { clicks: 0.5, size: 2 });
    expect(x[against]).toBeCloseTo(Math.log(3 / 2), 12);
    expect(x[width + against]).toBeCloseTo(Math.log(1 / 2), 12);
    expect([x[count], x[width + count]]).toEqual([0.5, 0.5]);
    expect([x[10], x[width + 10]]).toEqual([0.5, 0.5]);
  });
});
