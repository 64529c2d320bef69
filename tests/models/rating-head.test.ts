import { describe, expect, it } from '@jest/globals';
import { RatingHead, type RatingInput } from '../../models/reward/rating-head.ts';

const input = (i: number): RatingInput => ({
  userFeedbacks: 3 + (i % 5),
  userSum: 9 + (i % 7),
  itemImpressions: 2 + (i % 3),
  itemSum: 8 + (i % 4),
  p: 0.3 + (i % 6) / 10,
});

describe('RatingHead', () => {
  it('begins as user mean + item mean − mean of all, shrunk', () => {
    const head = new RatingHead();
    for (const reward of [3, 5]) head.learn({ ...input(0), p: 0.5 }, reward);
    const values = head.values.slice();
    values.set([0, 1, 1, 0]);
    // Mean 4; the user (20 − 4 · 4) / 9, the item (4 − 2 · 4) / 7.
    const user = { userFeedbacks: 4, userSum: 20, itemImpressions: 2, itemSum: 4, p: 0.5 };
    expect(new RatingHead(values).predict(user)).toBeCloseTo(4 + 4 / 9 - 4 / 7, 12);
  });

  it('steps down the gradient of half the squared error', () => {
    const head = new RatingHead();
    for (let i = 0; i < 50; i++) head.learn(input(i), 1 + (i % 5));
    const at = head.values.slice();
    const loss = (values: Float64Array) => (new RatingHead(values).predict(input(3)) - 2) ** 2 / 2;
    head.learn(input(3), 2);
    for (let w = 0; w < 4; w++) {
      const [up, down] = [at.slice(), at.slice()];
      up[w]! += 1e-5;
      down[w]! -= 1e-5;
      const gradient = (loss(up) - loss(down)) / 2e-5;
      expect(head.values[4 + w]! - at[4 + w]!).toBeCloseTo(gradient * gradient, 6);
      expect(at[w]! - head.values[w]!).toBeCloseTo(
        (0.2 * gradient) / Math.sqrt(head.values[4 + w]!),
        6,
      );
    }
  });
});
