import { describe, expect, it } from '@jest/globals';
import { loadLearner, millrace } from '../../models/bandit/millrace/learner.ts';
import { PopularityPolicy } from '../../models/bandit/popularity.ts';
import { UniformPolicy } from '../../models/bandit/uniform.ts';
import { newUser } from '../../models/user/track.ts';
import { describeLearner, describePolicy } from '../support/describe-policy.ts';
import { madeExamples } from '../support/examples.ts';

const learned = () => {
  const learner = loadLearner();
  for (const example of madeExamples(40)) learner.learn(example);
  return learner;
};

describePolicy('uniform', () => new UniformPolicy());
describePolicy('popularity', () => new PopularityPolicy(learned()));
describeLearner(millrace);

describe('the popularity policy', () => {
  it('scores by ln(1 + likes) of logged examples', () => {
    const examples = madeExamples(40);
    const outcomes = examples.flatMap(({ items }) => items);
    const likes = outcomes.filter(({ itemId, positive }) => itemId === 'i4' && positive).length;
    const policy = new PopularityPolicy(learned());
    const candidates = ['i4', 'new'].map((itemId) => ({ itemId, groups: [], similarity: null }));
    const scores = policy.scores({ at: 0, k: 1, state: newUser('u'), candidates });
    expect(likes).toBeGreaterThan(0);
    expect([...scores]).toEqual([Math.log(1 + likes), 0]);
    expect(policy.version).toBe(40);
  });
});
