// Whether to ask first, on values worked out by hand.
import { expect, it } from '@jest/globals';
import { questionOf } from '../../../models/dialogue/question.ts';

const of = (group: string, items: readonly number[]) => ({
  group,
  has: (candidate: number) => items.includes(candidate),
});

it('asks where the answer tells more than the turn costs', () => {
  // Four candidates as likely: one shown is right with .25; after "comedy or not" with .25 + .25.
  const question = questionOf([0.25, 0.25, 0.25, 0.25], [of('Comedy', [0, 1])], {
    k: 1,
    patience: 0.8,
  });
  expect(question).toEqual({ groups: ['Comedy'], now: 0.25, asked: 0.5 });
});

it('recommends where one is likely enough', () => {
  // .8 · (.9 + .1) is less than .9.
  expect(questionOf([0.9, 0.1], [of('Comedy', [0])], { k: 1, patience: 0.8 })).toBeNull();
});

it('recommends where no group tells anything apart', () => {
  expect(questionOf([0.5, 0.5], [of('Comedy', [0, 1])], { k: 1, patience: 1 })).toBeNull();
  expect(questionOf([0.5, 0.5], [], { k: 1 })).toBeNull();
});

it('takes the group that adds most first, and no more than it may', () => {
  const p = [0.3, 0.25, 0.2, 0.15, 0.1];
  const options = [of('A', [4]), of('B', [1, 2]), of('C', [3])];
  const question = questionOf(p, options, { k: 1, patience: 1, most: 2 });
  // Now .3. With B: .3 + .25 = .55; then C: + .15 = .7.
  expect(question?.groups).toEqual(['B', 'C']);
  expect(question?.asked).toBeCloseTo(0.7, 12);
});
