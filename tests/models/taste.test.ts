// Tastes: kernels and conditioning by hand, the fit against a direct solution of the same equations.
import { describe, expect, it } from '@jest/globals';
import { TasteEpisode } from '../../models/taste/episode.ts';
import { choiceKernels, featureKernel } from '../../models/taste/kernels.ts';
import { Neighbours } from '../../models/taste/neighbours.ts';
import { learn, TastePrior, type TasteVariances } from '../../models/taste/prior.ts';

const none = { level: 0, item: 0, features: 0, choices: 0 };
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 6));

describe('kernels', () => {
  it('are inner products of centred features, 1 on the diagonal in the mean', () => {
    // Rows (1 0), (0 1), (0 1) less (1/3 2/3): 8/9, 2/9, 2/9 on the diagonal, in the mean 4/9.
    const { values } = featureKernel([
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
    expect([...values]).toEqual(close([2, -1, -1, -1, 0.5, 0.5, -1, 0.5, 0.5]));
  });

  it('put users together who chose the same, and items that were chosen together', () => {
    const chosen = [
      { user: 0, item: 0 },
      { user: 0, item: 1 },
      { user: 1, item: 0 },
      { user: 1, item: 1 },
      { user: 2, item: 2 },
      { user: 3, item: 2 },
    ];
    // One direction: users 0, 1 against 2, 3, items 0, 1 against 2.
    const { users, items } = choiceKernels(4, 3, chosen, 1);
    expect([...users.values.subarray(0, 4)]).toEqual(close([1, 1, -1, -1]));
    expect([...items.values.subarray(0, 3)]).toEqual(close([1, 1, -1]));
  });
});

describe('a belief', () => {
  it('learns of all items from one', () => {
    // Spread 1 + 1 = 2; off by 1: means move by 1/2 and .5/2; covariances fall by the products over 2.
    const belief = {
      mean: Float64Array.of(2, 2),
      covariance: Float64Array.of(1, 0.5, 0.5, 1),
    };
    learn(belief, 0, 3, 1);
    expect([...belief.mean]).toEqual([2.5, 2.25]);
    expect([...belief.covariance]).toEqual([0.5, 0.25, 0.25, 0.875]);
  });
});

describe('the prior', () => {
  const users = featureKernel([
    [1, 0],
    [0, 1],
  ]);
  const items = featureKernel([
    [1, 0],
    [0, 1],
    [1, 1],
  ]);
  const flat = (n: number) => ({ n, values: new Float64Array(n * n) });
  const variances: TasteVariances = {
    everybody: { level: 0.1, item: 0.4, features: 0.2, choices: 0 },
    user: { level: 0.3, item: 0, features: 0.5, choices: 0 },
    userFeatures: { ...none, features: 0.6, item: 0.1 },
    userChoices: none,
    noise: 0.7,
  };
  const ratings = [
    { user: 0, item: 0, stars: 5 },
    { user: 0, item: 1, stars: 2 },
    { user: 1, item: 1, stars: 4 },
  ];
  const prior = new TastePrior(
    ratings,
    { features: users, choices: flat(2) },
    { features: items, choices: flat(3) },
    variances,
  );

  it('has the mean that the normal equations have', () => {
    const covariance = (u: number, i: number, v: number, j: number) => {
      const same = i === j ? 1 : 0;
      const alike = items.values[i * 3 + j]!;
      return (
        0.1 +
        0.4 * same +
        0.2 * alike +
        (u === v ? 0.3 + 0.5 * alike : 0) +
        users.values[u * 2 + v]! * (0.6 * alike + 0.1 * same)
      );
    };
    const K = ratings.map((a, r) =>
      ratings.map((b, c) => covariance(a.user, a.item, b.user, b.item) + (r === c ? 0.7 : 0)),
    );
    const mean = 11 / 3;
    const alpha = solved(
      K,
      ratings.map(({ stars }) => stars - mean),
    );
    for (const user of [0, 1]) {
      const expected = [0, 1, 2].map((item) =>
        ratings.reduce(
          (sum, one, r) => sum + covariance(user, item, one.user, one.item) * alpha[r]!,
          mean,
        ),
      );
      expect([...prior.means(user)]).toEqual(close(expected));
    }
  });

  it('is surer of what the user rated, and changes with answers as a belief does', () => {
    const { mean, covariance } = prior.belief(0);
    expect([...mean]).toEqual([...prior.means(0)]);
    const variance = (item: number) => covariance[item * 4]!;
    expect(variance(0)).toBeLessThan(variance(2));
    for (const item of [0, 1, 2]) expect(variance(item)).toBeGreaterThan(0);
  });
});

describe('an episode', () => {
  const belief = () => ({
    mean: Float64Array.of(2, 2, 2.1),
    covariance: Float64Array.of(1, 0.9, 0, 0.9, 1, 0, 0, 0, 0.01),
  });

  it('scores by mean and optimism, and carries an answer over to what is alike', () => {
    const options = { hypotheses: [{ noise: 0.25, share: 1 }], optimism: 0.5 };
    const episode = new TasteEpisode(belief(), options);
    expect([...episode.scores()]).toEqual(close([2.5, 2.5, 2.15]));
    episode.learn(0, 4.5);
    // Spread 1.25, off by 2.5: 2 + .9 * 2 for the second item; its variance 1 - .81 / 1.25.
    expect(episode.scores()[1]).toBeCloseTo(3.8 + 0.5 * Math.sqrt(1 - 0.81 / 1.25), 9);
    expect(episode.scores()[2]).toBeCloseTo(2.15, 9);
  });

  it('believes the hypothesis that foresaw the answers', () => {
    const sure = { noise: 0.01, share: 1 };
    const options = { hypotheses: [sure, { noise: 100, share: 1 }], optimism: 0 };
    const episode = new TasteEpisode(belief(), options);
    episode.learn(2, 2.1);
    episode.learn(0, 2.5);
    // Under the first, item 1 is 2 + .9 / 1.01 * .5; the second hardly moves, and hardly counts.
    expect(episode.scores()[1]).toBeGreaterThan(2.4);
    expect(episode.scores()[1]).toBeLessThan(2 + (0.9 / 1.01) * 0.5);
  });
});

describe('neighbours', () => {
  // Items 0 and 1 are rated together by user 0, 0 and 2 by user 1: n = 2, 1, 1.
  const neighbours = new Neighbours(3, [
    { user: 0, item: 0, stars: 4 },
    { user: 0, item: 1, stars: 2 },
    { user: 1, item: 0, stars: 3 },
    { user: 1, item: 2, stars: 3 },
  ]);

  it('item-knn adds up what was given over the mean of 3', () => {
    const chooser = neighbours.itemKnn(0);
    // Item 0 was given 1 more: near to itself by 2/7; item 1 one less, near to 0 by 1/√42.
    expect(chooser.scores()[0]).toBeCloseTo(2 / 7 - 1 / Math.sqrt(42), 9);
    expect(chooser.scores()[2]).toBeCloseTo(1 / Math.sqrt(42), 9);
    chooser.learn(2, 5);
    expect(chooser.scores()[2]).toBeCloseTo(1 / Math.sqrt(42) + 2 / 6, 9);
  });

  it('the last action says what goes with the last item', () => {
    const chooser = neighbours.lastAction(1);
    expect(Array.from(chooser.scores())).toEqual(
      close([2 / 7, 1 / Math.sqrt(42), 1 / Math.sqrt(42)]),
    );
    chooser.learn(2, 1);
    expect(Array.from(chooser.scores())).toEqual(close([1 / Math.sqrt(42), 0, 1 / 6]));
  });
});

/** Gaussian elimination. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (const [p, pivot] of rows.entries()) {
    for (const [r, row] of rows.entries()) {
      if (r === p) continue;
      const factor = row[p]! / pivot[p]!;
      for (const [c, value] of pivot.entries()) row[c]! -= factor * value;
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}
