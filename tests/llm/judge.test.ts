// The judge: what counts as a preference, what as a habit.
import { describe, expect, it } from '@jest/globals';
import { Judge, positionBias } from '../../models/llm/judge.ts';
import { fakeModel } from '../support/fake-model.ts';

/** Log-odds of the first place: for the text that has the word, and for the place itself. */
const judge = (word: string, forText: number, forPlace: number) =>
  new Judge(
    fakeModel({
      score: async (prefix, answers) => {
        const first = /Explanation 1: (.*)/.exec(prefix)![1]!;
        const odds = (first.includes(word) ? forText : -forText) + forPlace;
        return answers.map((answer) => (answer === ' 1' ? odds : 0) - 3);
      },
    }),
  );

const p = (odds: number) => 1 / (1 + Math.exp(-odds));

describe('a preference', () => {
  it('is one that both orders have', async () => {
    const first = await judge('good', 2, 0.5).prefer(['Item: x'], ['good', 'bad']);
    expect(first.prefers).toBe(0);
    expect(first.first[0]).toBeCloseTo(p(2.5), 12);
    expect(first.first[1]).toBeCloseTo(p(-1.5), 12);
    expect((await judge('good', 2, 0.5).prefer([], ['bad', 'good'])).prefers).toBe(1);
  });

  it('is none where the place decides', async () => {
    const swayed = await judge('good', 0.5, 2).prefer([], ['good', 'bad']);
    expect(swayed.prefers).toBeNull();
  });
});

describe('the position bias', () => {
  it('is what the first place gets beyond a half, and how often it decides', () => {
    const of = (given: number, swapped: number) => ({
      first: [given, swapped] as const,
      prefers: null,
    });
    // (0.9 + 0.2 + 0.8 + 0.7 + 0.4 + 0.3) / 6 = 0.55; the second and third pair keep to a place.
    const { bias, swayed } = positionBias([of(0.9, 0.2), of(0.8, 0.7), of(0.4, 0.3)]);
    expect(bias).toBeCloseTo(0.05, 12);
    expect(swayed).toBeCloseTo(2 / 3, 12);
  });
});

describe('a rating', () => {
  it('is the mean mark by likelihood', async () => {
    const odds: Record<string, number> = { ' 1': 0.1, ' 2': 0.1, ' 3': 0.2, ' 4': 0.2, ' 5': 0.4 };
    const prompts: string[] = [];
    const model = fakeModel({
      score: async (prefix, answers) => {
        prompts.push(prefix);
        return answers.map((answer) => Math.log(odds[answer]!) - 7);
      },
    });
    // 0.1 + 0.2 + 0.6 + 0.8 + 2.
    expect(await new Judge(model).rate(['Item: x'], 'It is.', 'true')).toBeCloseTo(3.7, 12);
    expect(prompts[0]).toBe(
      'Item: x\nExplanation: It is.\nHow well do the facts bear out the explanation, from 1, not at all, to 5, very? Mark:',
    );
  });
});
