// Every policy that learns, by name.
import { decayedPopularity } from './bandit/baselines/decayed-popularity.ts';
import { itemKnn } from './bandit/baselines/item-knn.ts';
import { markov } from './bandit/baselines/markov.ts';
import { likeRate, means } from './bandit/baselines/predictor.ts';
import { factorizationAdagrad, factorizationFtrl } from './bandit/factorization/policy.ts';
import { epsilonGreedyPolicy } from './bandit/linear/epsilon-greedy.ts';
import { linUcb } from './bandit/linear/lin-ucb.ts';
import { squareCb } from './bandit/linear/square-cb.ts';
import { linearThompson } from './bandit/linear/thompson.ts';
import { millrace } from './bandit/millrace/learner.ts';
import type { PolicyKind } from './policy.ts';
import { actorCritic } from './rl/actor-critic.ts';
import { doublyRobust } from './rl/doubly-robust.ts';
import { dpo } from './rl/dpo.ts';
import { grpo } from './rl/grpo.ts';
import { ppo } from './rl/ppo.ts';
import { topK } from './rl/top-k.ts';

const kinds: readonly PolicyKind[] = [
  likeRate,
  means,
  decayedPopularity,
  itemKnn,
  markov,
  linUcb,
  linearThompson,
  epsilonGreedyPolicy,
  squareCb,
  factorizationAdagrad,
  factorizationFtrl,
  actorCritic,
  ppo,
  grpo,
  dpo,
  topK,
  doublyRobust,
  millrace,
];

export const policies: ReadonlyMap<string, PolicyKind> = new Map(
  kinds.map((kind) => [kind.name, kind]),
);
