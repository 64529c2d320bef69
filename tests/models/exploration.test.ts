import { describe, expect, it } from '@jest/globals';
import { drawSlate, slateProbabilities, toProbabilities } from '../../models/exploration.ts';
import { Random } from '../../models/random.ts';
import { codeOf } from '../../schemas/errors.ts';

const product = (values: readonly number[]) => values.reduce((total, value) => total * value, 1);

function orderings(n: number, k: number): number[][] {
  if (k === 0) return [[]];
  return orderings(n, k - 1).flatMap((head) =>
    Array.from({ length: n }, (_, i) => i)
      .filter((i) => !head.includes(i))
      .map((i) => [...head, i]),
  );
}

describe('toProbabilities', () => {
  it('is the softmax, with the floor mixed in', () => {
    const scores = [Math.log(1), Math.log(2), Math.log(5)];
    expect([...toProbabilities(scores)].map((p) => p * 8)).toEqual([
      expect.closeTo(1),
      expect.closeTo(2),
      expect.closeTo(5),
    ]);
    const floored = toProbabilities(scores, { floor: 0.3 });
    expect(floored[0]).toBeCloseTo(0.7 / 8 + 0.1);
    expect(floored.reduce((sum, p) => sum + p)).toBeCloseTo(1, 12);
  });

  it('holds the floor however far the scores are apart, without overflow', () => {
    const p = toProbabilities([1e6, 0, -1e6], { floor: 0.06, temperature: 0.5 });
    expect(Math.min(...p)).toBeCloseTo(0.02, 12);
    expect(Math.max(...p)).toBeCloseTo(0.96, 12);
  });

  it('divides the scores by the temperature', () => {
    const p = toProbabilities([0, 2 * Math.log(3)], { temperature: 2 });
    expect(p[1]).toBeCloseTo(0.75);
  });

  it('refuses what is no distribution', () => {
    const code = (options: object) => {
      try {
        toProbabilities([0], options);
        return '';
      } catch (error) {
        return codeOf(error);
      }
    };
    expect(code({ temperature: 0 })).toBe('exploration-invalid');
    expect(code({ floor: 1.5 })).toBe('exploration-invalid');
  });
});

describe('Plackett–Luce', () => {
  const p = Float64Array.of(0.5, 0.3, 0.15, 0.05);

  it('gives conditional propensities, worked out by hand', () => {
    const propensities = slateProbabilities(p, [1, 0, 3]);
    expect(propensities[0]).toBeCloseTo(0.3);
    expect(propensities[1]).toBeCloseTo(0.5 / 0.7);
    expect(propensities[2]).toBeCloseTo(0.05 / 0.2);
  });

  it('sums to 1 over all orderings', () => {
    for (const k of [1, 2, 3, 4]) {
      const total = orderings(4, k)
        .map((slate) => product(slateProbabilities(p, slate)))
        .reduce((sum, one) => sum + one);
      expect(total).toBeCloseTo(1, 12);
    }
  });

  it('draws each ordering as often as its propensities say', () => {
    const random = new Random(3);
    const n = 20_000;
    const counts = new Map<string, number>();
    for (let i = 0; i < n; i++) {
      const { chosen } = drawSlate(p, 2, random);
      counts.set(chosen.join(), (counts.get(chosen.join()) ?? 0) + 1);
    }
    for (const slate of orderings(4, 2)) {
      const expected = product(slateProbabilities(p, slate));
      const deviation = Math.sqrt((expected * (1 - expected)) / n);
      expect(Math.abs((counts.get(slate.join()) ?? 0) / n - expected)).toBeLessThan(4 * deviation);
    }
  });

  it('logs what it drew with, and repeats for a seed', () => {
    const one = drawSlate(p, 3, new Random(9));
    expect(drawSlate(p, 3, new Random(9))).toEqual(one);
    expect(one.propensities).toEqual(slateProbabilities(p, one.chosen));
    expect(Math.exp(one.logProbability)).toBeCloseTo(product(one.propensities), 12);
  });

  it('never repeats an item, nor shows more than there are, and leaves its input alone', () => {
    const { chosen, propensities } = drawSlate(p, 10, new Random(1));
    expect([...chosen].sort()).toEqual([0, 1, 2, 3]);
    expect(propensities.at(-1)).toBe(1);
    expect([...p]).toEqual([0.5, 0.3, 0.15, 0.05]);
  });
});
