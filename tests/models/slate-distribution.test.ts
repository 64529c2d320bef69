// Slates of a mixture: propensities against all slates there are, and against draws.
import { describe, expect, it } from '@jest/globals';
import { drawSlate, slateProbabilities } from '../../models/exploration.ts';
import { Random } from '../../models/random.ts';
import {
  drawFrom,
  firstProbabilities,
  propensitiesOf,
  type SlateDistribution,
} from '../../models/slate-distribution.ts';

const one = Float64Array.of(0.7, 0.2, 0.05, 0.05);
const other = Float64Array.of(0.05, 0.05, 0.3, 0.6);
const mixture: SlateDistribution = { scores: new Float64Array(4), components: [one, other] };

const slates = (k: number, above: readonly number[] = []): number[][] =>
  above.length === k
    ? [[...above]]
    : [0, 1, 2, 3].filter((i) => !above.includes(i)).flatMap((i) => slates(k, [...above, i]));
const product = (values: readonly number[]) => values.reduce((all, value) => all * value, 1);

describe('a mixture of slates', () => {
  it('gives a slate the mean of what its components give, by hand', () => {
    // .7 · (.2 / .3) and .05 · (.05 / .95); the first position .375.
    const [first, second] = propensitiesOf(mixture, [0, 1]);
    const joint = (0.7 * (0.2 / 0.3) + 0.05 * (0.05 / 0.95)) / 2;
    expect(first).toBeCloseTo(0.375, 12);
    expect(first! * second!).toBeCloseTo(joint, 12);
    expect([...firstProbabilities(mixture)]).toEqual(
      [0.375, 0.125, 0.175, 0.325].map((p) => expect.closeTo(p, 12)),
    );
  });

  it.each([1, 2, 3, 4])('has probabilities that add up over all slates of %d', (k) => {
    const all = slates(k).map((slate) => product(propensitiesOf(mixture, slate)));
    expect(all.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });

  it('is drawn as its propensities say', () => {
    const random = new Random(2);
    const draws = 40_000;
    const counts = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const { chosen, propensities, logProbability } = drawFrom(mixture, 2, random);
      const key = chosen.join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (i < 20) {
        expect(propensities).toEqual(propensitiesOf(mixture, chosen));
        expect(Math.exp(logProbability)).toBeCloseTo(product(propensities), 12);
      }
    }
    for (const slate of slates(2)) {
      const p = product(propensitiesOf(mixture, slate));
      const deviation = Math.sqrt((p * (1 - p)) / draws);
      const found = (counts.get(slate.join()) ?? 0) / draws;
      expect(Math.abs(found - p)).toBeLessThan(4.5 * deviation);
    }
  });

  it('of one component is Plackett–Luce, to the last bit and with the same draws', () => {
    const single: SlateDistribution = { scores: one, components: [one] };
    expect(drawFrom(single, 3, new Random(7))).toEqual(drawSlate(one, 3, new Random(7)));
    expect(propensitiesOf(single, [2, 0])).toEqual(slateProbabilities(one, [2, 0]));
    expect(firstProbabilities(single)).toBe(one);
  });
});
