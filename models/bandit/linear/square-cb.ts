// SquareCB: inverse gap weighting over a regression (Foster & Rakhlin 2020, algorithm 1).
//
// p_a = 1 / (m + γ (r̂_b − r̂_a)) for every a but the best b, which takes the rest; γ = γ₀ √t grows with
// the examples seen. On a slate the same holds at each position among the m items left.
import { inOrder, logOf } from '../greedy.ts';
import { linearKind } from './bandit.ts';

/** γ₀, for rewards of 0 or 1. */
const GAMMA = 20;

export const squareCb = linearKind('square-cb', ({ ridge, version }, rows, { k }) => {
  const gamma = GAMMA * Math.sqrt(version + 1);
  const values = rows.map((x) => ridge.predict(x));
  return logOf(squareCbProbabilities(values, k, gamma));
});

/**
 * The probabilities for Plackett–Luce; for k = 1 they are the paper's.
 * @param values predicted rewards
 */
export function squareCbProbabilities(
  values: readonly number[],
  k: number,
  gamma: number,
): Float64Array {
  const gapWeight = (item: number, best: number, m: number) =>
    1 / (m + gamma * (values[best]! - values[item]!));
  return inOrder(
    values,
    k,
    (_, left) => {
      const [best, ...others] = left as [number, ...number[]];
      return 1 - others.reduce((sum, item) => sum + gapWeight(item, best, left.length), 0);
    },
    (item, last, left) => gapWeight(item, last, left.length + 1),
  );
}
