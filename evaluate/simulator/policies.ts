// Policies that the log and the simulator are to put in one order.
import { loadLearner } from '../../models/bandit/millrace/learner.ts';
import { PopularityPolicy } from '../../models/bandit/popularity.ts';
import { UniformPolicy } from '../../models/bandit/uniform.ts';
import { learningPolicies } from '../../models/policies.ts';
import type { LearningPolicy, Policy } from '../../models/policy.ts';
import type { Example } from '../../schemas/topics/examples.ts';

const names = [
  'like-rate',
  'means',
  'decayed-popularity',
  'item-knn',
  'markov',
  'lin-ucb',
  'factorization-adagrad',
] as const;

export const comparedNames = ['uniform', 'popularity', 'millrace', ...names];

export interface Compared {
  readonly policy: Policy;
  readonly learn: (example: Example) => void;
}

/**
 * Uniform, the popularity that is served, millrace, and the policies that learn from single
 * answers; all untrained.
 */
export function comparedPolicies(): Compared[] {
  const learner = loadLearner();
  return [
    { policy: new UniformPolicy(), learn: () => {} },
    { policy: new PopularityPolicy(learner), learn: () => {} },
    // The popularity reads the counts of this one.
    { policy: learner, learn: (example) => learner.learn(example) },
    ...names.map((name) => {
      const policy: Policy & LearningPolicy = learningPolicies.get(name)!.create();
      return { policy, learn: (example: Example) => policy.learn(example) };
    }),
  ];
}
