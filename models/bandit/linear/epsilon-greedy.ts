// ε-greedy: the best by the regression, and anything at all in a share ε of the cases (Sutton & Barto
// 2018, section 2.2), at each position of the slate.
import { epsilonGreedy, logOf } from '../greedy.ts';
import { linearKind } from './bandit.ts';

const EPSILON = 0.1;

export const epsilonGreedyPolicy = linearKind('epsilon-greedy', ({ ridge }, rows, { k }) =>
  logOf(
    epsilonGreedy(
      rows.map((x) => ridge.predict(x)),
      k,
      EPSILON,
    ),
  ),
);
