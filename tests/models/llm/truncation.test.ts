import { describe, expect, it } from '@jest/globals';
import { drawSlate, toProbabilities } from '../../../models/exploration.ts';
import { drawTruncated, truncate, truncatedPropensities } from '../../../models/llm/truncation.ts';
import { Random } from '../../../models/random.ts';

const p = Float64Array.of(0.1, 0.4, 0.2, 0.25, 0.05);
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 12));

describe('a truncated distribution', () => {
  it.each([
    { options: { topK: 2 }, kept: [0, 0.4 / 0.65, 0, 0.25 / 0.65, 0] },
    { options: { topP: 0.6 }, kept: [0, 0.4 / 0.65, 0, 0.25 / 0.65, 0] },
    { options: { topP: 0.4 }, kept: [0, 1, 0, 0, 0] },
    { options: { topP: 0.01 }, kept: [0, 1, 0, 0, 0] },
    { options: { topP: 0.8 }, kept: [0, 0.4 / 0.85, 0.2 / 0.85, 0.25 / 0.85, 0] },
    { options: { topP: 0.8, topK: 1 }, kept: [0, 1, 0, 0, 0] },
    { options: {}, kept: [...p] },
  ])('$options', ({ options, kept }) => {
    expect([...truncate(p, options)]).toEqual(close(kept));
  });

  it('keeps the first of equals', () => {
    expect([...truncate([0.25, 0.25, 0.25, 0.25], { topK: 2 })]).toEqual([0.5, 0.5, 0, 0]);
  });

  it('is of a temperature by the scores', () => {
    const cold = toProbabilities([0, Math.log(2), 0], { temperature: 0.5 });
    expect([...truncate(cold, { topK: 2 })]).toEqual(close([0.2, 0.8, 0]));
  });
});

describe('a slate of it', () => {
  const options = { topK: 2 };

  it('has the propensities worked out by hand', () => {
    // .4 of .65; then .25 of .45, beside .2; then .1 of .3, beside .2.
    const hand = [0.4 / 0.65, 0.25 / 0.45, 0.1 / 0.3];
    expect(truncatedPropensities(p, [1, 3, 0], options)).toEqual(close(hand));
    expect(truncatedPropensities(p, [0, 1], options)).toEqual(close([0, 0.4 / 0.65]));
  });

  it.each([{ topK: 2 }, { topP: 0.7 }, { topK: 3, topP: 0.5 }])(
    'comes as often as its propensities say: %j',
    (own) => {
      const random = new Random(12);
      const draws = 20_000;
      const counts = new Map<string, { n: number; probability: number }>();
      for (let n = 0; n < draws; n++) {
        const { chosen, propensities, logProbability } = drawTruncated(p, 2, random, own);
        const known = counts.get(chosen.join());
        if (known) known.n += 1;
        else {
          expect(propensities).toEqual(close(truncatedPropensities(p, chosen, own)));
          counts.set(chosen.join(), { n: 1, probability: Math.exp(logProbability) });
        }
      }
      let total = 0;
      for (const { n, probability } of counts.values()) {
        const deviation = Math.sqrt((probability * (1 - probability)) / draws);
        expect(Math.abs(n / draws - probability)).toBeLessThan(4 * deviation + 1e-12);
        total += probability;
      }
      expect(total).toBeCloseTo(1, 10);
    },
  );

  it('can be filled from whatever is left, and is the whole draw without a truncation', () => {
    expect(drawTruncated(p, 9, new Random(1), { topK: 1 }).chosen).toEqual([1, 3, 2, 0, 4]);
    const whole = drawTruncated(p, 3, new Random(7), {});
    expect(whole.chosen).toEqual(drawSlate(p, 3, new Random(7)).chosen);
    expect(whole.propensities).toEqual(close(drawSlate(p, 3, new Random(7)).propensities));
  });
});
