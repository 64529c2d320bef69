// LinUCB: optimism in the face of uncertainty (Li, Chu, Langford & Schapire 2010, algorithm 1, shared θ).
//
// u_a = θᵀx_a + α √(x_aᵀ A⁻¹ x_a); the slate is in the order of u. A small ε keeps every item in
// reach, which the paper's deterministic choice does not, so that propensities exist.
import { epsilonGreedy, logOf } from '../greedy.ts';
import { linearKind } from './bandit.ts';

const ALPHA = 0.5;
const EPSILON = 0.05;

export const linUcb = linearKind('lin-ucb', ({ ridge }, rows, { k }) => {
  const upper = rows.map((x) => ridge.predict(x) + ALPHA * ridge.std(x));
  return logOf(epsilonGreedy(upper, k, EPSILON));
});
