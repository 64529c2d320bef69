// The power whose bits are ours, against exact integers and a logarithm of 60 digits made of BigInt; and
// what Node gives of itself, which must be the same bits in every Node that is let in.
import { describe, expect, it } from '@jest/globals';
import { power } from '../../models/power.ts';
import { Random } from '../../models/random.ts';
import { exactPower, ulps } from '../support/exact-power.ts';
import { mathBits } from '../support/math-bits.ts';

describe('power', () => {
  it('is exact where the result is a number', () => {
    for (let n = -1074; n <= 1023; n++) expect(ulps(power(2, n), exactPower(2, n))).toBe(0);
    expect([power(10, 3), power(10, 22), power(3, 20), power(0.5, 3)]).toEqual([
      1000, 1e22, 3_486_784_401, 0.125,
    ]);
    expect([power(9, 0.5), power(27, 1 / 3), power(7, 0), power(1, -4.5)]).toEqual([3, 3, 1, 1]);
  });

  it('is off by at most .501 units in the last place', () => {
    const random = new Random(1);
    let worst = 0;
    for (let i = 0; i < 600; i++) {
      const [one, other] = [random.next(), random.next()];
      const [x, y] = [
        [10 * one, 40 * other - 20],
        [1 + Math.floor(2000 * one), -other],
        [1 + one / 1e6, 1e8 * other],
        [one * 1e-300, other],
        [one, Math.floor(40 * other)],
      ][i % 5] as [number, number];
      worst = Math.max(worst, ulps(power(x, y), exactPower(x, y)));
    }
    expect(worst).toBeLessThan(0.501);
    expect(worst).toBeGreaterThan(0.45);
  });

  it('is off by a unit at most where numbers lose digits', () => {
    for (const [x, y] of [
      [10, -310.5],
      [2.5, -811],
      [1e-300, 1.07],
      [5e-324, 0.999],
    ] as const) {
      expect(ulps(power(x, y), exactPower(x, y))).toBeLessThanOrEqual(1);
    }
  });

  it('is what the standard says of everything else', () => {
    const odd = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 5e-324, 1.7e308];
    const all = [...odd, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const x of all) for (const y of all) expect([x, y, power(x, y)]).toEqual([x, y, x ** y]);
  });
});

describe('the functions of Math that we use', () => {
  it('give the bits of every Node', () => {
    expect(mathBits()).toEqual({
      power: '9f974c432f72e33a',
      'exp, far': 'e609178b0edcac41',
      'exp, near': 'da860fda602e97aa',
      log: 'b6b6b70d75d61c44',
      log1p: '578d933fbbaff4fd',
      log2: '57d7386760344567',
      sin: '996d7c34edb32425',
      cos: '757ca32ee9476697',
      hypot: '499ab3ddf7fe34f5',
    });
  });
});
