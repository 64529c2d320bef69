// The baselines that learn, under the suite of all learning policies.
import { describe, expect, it } from '@jest/globals';
import { decayedPopularity } from '../../../models/bandit/baselines/decayed-popularity.ts';
import { itemKnn } from '../../../models/bandit/baselines/item-knn.ts';
import { markov } from '../../../models/bandit/baselines/markov.ts';
import { loggedExample } from '../../../models/evaluation/logged-example.ts';
import type { LearningPolicy } from '../../../models/policy.ts';
import { newUser } from '../../../models/user/track.ts';
import { describeFamily } from '../../support/describe-learning-policy.ts';
import { families } from '../../support/learning-policies.ts';

describeFamily(families.baselines!);

/** A user who liked `before`, newest last, likes or passes over what is shown. */
function teach(policy: LearningPolicy, before: string[], shown: [string, boolean][]): void {
  const items = shown.map(([itemId, positive]) => ({
    ...{ itemId, positive, groups: [] },
    reward: positive ? 1 : 0,
  }));
  policy.learn(loggedExample('s', 0, userWho(before), items));
}

function userWho(liked: readonly string[]) {
  const recent = liked.map((itemId) => ({ itemId, at: 0, positive: true, value: 1 }));
  return { ...newUser('u'), recent, feedbacks: recent.length, positives: recent.length };
}

function scoresOf(policy: LearningPolicy, liked: readonly string[], ids: readonly string[]) {
  const candidates = ids.map((itemId) => ({ itemId, groups: [], similarity: null }));
  return [...policy.scores({ at: 0, k: 1, state: userWho(liked), candidates })];
}

describe('Markov', () => {
  it('is the share of moves, backed by the share of likes, worked out by hand', () => {
    const policy = markov.create();
    teach(policy, ['a'], [['b', true]]);
    teach(
      policy,
      ['x', 'a'],
      [
        ['c', false],
        ['b', true],
      ],
    );
    // Items a, b; two likes of b; two moves, both from a to b. P(b) = 3 / 5, P(a) = P(new) = 1 / 5.
    expect(scoresOf(policy, ['a'], ['b', 'a', 'new'])).toEqual(
      [(2 + 5 * 0.6) / 7, 1 / 7, 1 / 7].map((p) => expect.closeTo(2 * Math.log(p), 12)),
    );
    expect(scoresOf(policy, ['b'], ['b'])).toEqual([expect.closeTo(2 * Math.log(0.6), 12)]);
  });
});

describe('item-kNN', () => {
  it('is the cosine of co-likes, worked out by hand', () => {
    const policy = itemKnn.create();
    teach(policy, ['a'], [['b', true]]);
    teach(
      policy,
      ['a'],
      [
        ['b', true],
        ['c', true],
      ],
    );
    // a–b twice at distance 1; n_b = 2, and a's own likes came before the log: n_a counts as 1.
    const near = 2 / Math.sqrt(2);
    expect(scoresOf(policy, ['a'], ['b', 'a', 'new'])).toEqual(
      [0.2 + near, 0.2, 0.2].map((s) => expect.closeTo(3 * Math.log(s), 6)),
    );
  });
});

describe('decayed popularity', () => {
  it('is the faded count of likes, the unknown like the least liked', () => {
    const policy = decayedPopularity.create();
    teach(
      policy,
      [],
      [
        ['a', true],
        ['a', true],
        ['b', false],
      ],
    );
    const [a, b, unknown] = scoresOf(policy, [], ['a', 'b', 'new']);
    expect(a).toBeCloseTo(2 * Math.log(2.1), 2);
    expect(b).toBeCloseTo(2 * Math.log(0.1), 2);
    expect(unknown).toBe(b);
  });
});
