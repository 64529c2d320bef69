// Top-K off-policy correction (Chen et al. 2019, equation 7): REINFORCE for slates, from anybody's log.
//
// An item is in a slate of K independent draws with probability α = 1 − (1 − π)^K, so the gradient of
// E[R] under the log is (π / μ) · λ_K · R · ∇ log π with λ_K = K (1 − π)^{K−1}. π and μ are the
// probabilities of the first position; the weight π / μ is capped. R is the item's own like.
import { type Decision, firstPosition } from './decision.ts';
import { reinforcementKind } from './learner.ts';
import { addFirstGradient, type Objective, slatePolicy } from './slate-policy.ts';

/** Highest weight π / μ. */
const CAP = 10;
const RATE = 0.03;

export const topK = reinforcementKind({
  name: 'top-k',
  gapMs: null,
  batch: 8,
  improve({ actor }, impressions) {
    const decisions = impressions.flat();
    if (decisions.every(({ rewards }) => rewards.every((reward) => reward === 0))) return;
    actor.climb(topKObjective(actor.weights, decisions).gradient, RATE);
  },
});

/** Σ α(a) R / μ(a). Where the cap binds, the gradient is of a smaller weight than the value. */
export function topKObjective(theta: Float64Array, decisions: readonly Decision[]): Objective {
  const gradient = new Float64Array(theta.length);
  let value = 0;
  for (const decision of decisions) {
    const { rewards, propensities, weight } = decision;
    const policy = slatePolicy(theta, decision);
    const logged = firstPosition(propensities);
    const K = rewards.length;
    const coefficients = rewards.map((reward, j) => {
      const p = policy.p[j]!;
      value += (weight * reward * (1 - (1 - p) ** K)) / logged[j]!;
      const lambda = K * (1 - p) ** (K - 1);
      return weight * reward * lambda * Math.min(CAP, p / logged[j]!);
    });
    addFirstGradient(policy, decision, coefficients, gradient);
  }
  return { value, gradient };
}
