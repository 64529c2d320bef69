// Top-K off-policy correction (Chen et al. 2019, equation 7): REINFORCE for slates, from anybody's log.
//
// An item is in a slate of K independent draws with probability α = 1 − (1 − π)^K, so the gradient of
// E[R] under the log is (π / μ) · λ_K · R · ∇ log π with λ_K = K (1 − π)^{K−1}. π and μ are the
// probabilities of the first position; the weight π / μ is capped. R is the item's own like.

import { power } from '../power.ts';
import { reinforcementKind } from './learner.ts';
import { addFirstGradient, type Objective, slatePolicy } from './slate-policy.ts';
import { firstPosition, type Transition } from './transition.ts';

/** Largest weight π / μ. */
const CAP = 10;
const RATE = 0.03;

export const topK = reinforcementKind({
  name: 'top-k',
  gapMs: null,
  batch: 8,
  update({ actor }, impressions) {
    const transitions = impressions.flat();
    if (transitions.every(({ rewards }) => rewards.every((reward) => reward === 0))) return;
    actor.ascend(topKObjective(actor.weights, transitions).gradient, RATE);
  },
});

/**
 * The objective Σ α(a) R / μ(a). Where the cap binds, the gradient belongs to a smaller weight than
 * the value.
 */
export function topKObjective(theta: Float64Array, transitions: readonly Transition[]): Objective {
  const gradient = new Float64Array(theta.length);
  let value = 0;
  for (const transition of transitions) {
    const { rewards, propensities, weights } = transition;
    const policy = slatePolicy(theta, transition);
    const logged = firstPosition(propensities);
    const K = rewards.length;
    const coefficients = rewards.map((reward, j) => {
      const weight = weights[j]!;
      const p = policy.p[j]!;
      value += (weight * reward * (1 - power(1 - p, K))) / logged[j]!;
      const lambda = K * power(1 - p, K - 1);
      return weight * reward * lambda * Math.min(CAP, p / logged[j]!);
    });
    addFirstGradient(policy, transition, coefficients, gradient);
  }
  return { value, gradient };
}
