import { describe, expect, it } from '@jest/globals';
import { hash32, Random } from '../../models/random.ts';

describe('hash32', () => {
  // Worked out with a separate MurmurHash3 x86-32 over the UTF-16LE bytes; the empty string with
  // seed 1 is the published test vector 0x514E28B7.
  it.each([
    ['', 1, 0x514e28b7],
    ['u1', 0, 0x6f85b4f8],
    ['item', 7, 0xff618a03],
    ['x', 42, 0xed89287],
  ])('of %p with seed %i', (text, seed, expected) => {
    expect(hash32(text, seed)).toBe(expected);
  });
});

describe('Random', () => {
  it('repeats itself for a seed, and differs for another, high bits included', () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 4 }, () => random.uint32());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7)).not.toEqual(draw(7 + 2 ** 40));
  });

  it('is uniform: mean 1/2, variance 1/12, ten bins within the chi-square bound', () => {
    const random = new Random(1);
    const n = 20_000;
    const bins = new Array<number>(10).fill(0);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const u = random.next();
      sum += u;
      squares += u * u;
      bins[Math.floor(u * 10)]! += 1;
    }
    expect(sum / n).toBeCloseTo(0.5, 2);
    expect(squares / n - (sum / n) ** 2).toBeCloseTo(1 / 12, 2);
    const chiSquare = bins.reduce((total, count) => total + (count - n / 10) ** 2 / (n / 10), 0);
    expect(chiSquare).toBeLessThan(27.9); // 9 degrees of freedom, p = 0.001
  });
});
