// Rewards of candidates that were not shown, by a reward model that the logged rewards correct.
//
// r̂_j(a) = q(a) + 1[a = a_j] w_j (r_j − q(a)) for what could stand at position j, w_j = 1/p_j: its mean
// over the draw is the true reward of a, whatever q says (Dudík, Langford & Li 2011). A bad q costs
// variance, never bias. π r̂ has the weight ρ_j = π(a_j) / p_j; where it is shrunk, w_j = shrink(ρ_j) / π(a_j).
import { plain, type Shrinkage } from '../ope/shrinkage.ts';
import { FLOOR, type Objective, slatePolicy } from '../rl/slate-policy.ts';
import type { Transition } from '../rl/transition.ts';

/** A transition with what the reward model says of each of its candidates, by row. */
export interface Imagined {
  readonly transition: Transition;
  readonly q: Float64Array;
}

/**
 * The corrected reward r̂ of every candidate, for each position; 0 for candidates that stand above
 * it.
 * @param policy θ of the policy whose weights are shrunk
 */
export function counterfactualRewards(
  { transition, q }: Imagined,
  policy: Float64Array,
  shrinkage: Shrinkage = plain,
): Float64Array[] {
  const { copies, propensities, rewards } = transition;
  const { p } = slatePolicy(policy, transition);
  return Array.from(rewards, (reward, j) => {
    const values = q.map((value, i) => (i < j ? 0 : value));
    const own = p[j]! / massFrom(j, p, copies);
    const weight = shrinkage(own / propensities[j]!) / own;
    values[j]! += weight * (reward - q[j]!);
    return values;
  });
}

/**
 * J(θ) = mean over positions of Σ_a π_θ(a | what stands above) r̂_j(a), the doubly robust value of π_θ,
 * and its gradient: with g_a = c_a (r̂_a − J_j) / M_j by p_a, and p_a = (1 − f) σ_a + f/n, dJ/ds_l =
 * (1 − f) σ_l (g_l − c_l Σ_a g_a σ_a).
 */
export function counterfactualObjective(
  theta: Float64Array,
  transitions: readonly Transition[],
  rewards: readonly (readonly Float64Array[])[],
): Objective {
  const gradient = new Float64Array(theta.length);
  const n = rewards.reduce((sum, { length }) => sum + length, 0);
  let value = 0;
  for (const [t, transition] of transitions.entries()) {
    const { copies, weights } = transition;
    const { p, softmax, addScores } = slatePolicy(theta, transition);
    const ofP = new Float64Array(p.length);
    for (const [j, values] of rewards[t]!.entries()) {
      const weight = weights[j]!;
      const mass = massFrom(j, p, copies);
      let expected = 0;
      for (let i = j; i < p.length; i++) expected += (copies[i]! * p[i]! * values[i]!) / mass;
      value += (weight * expected) / n;
      for (let i = j; i < p.length; i++) {
        ofP[i]! += (weight * copies[i]! * (values[i]! - expected)) / (mass * n);
      }
    }
    const shared = ofP.reduce((sum, g, i) => sum + g * softmax[i]!, 0);
    const ofScores = ofP.map((g, i) => (1 - FLOOR) * softmax[i]! * (g - copies[i]! * shared));
    addScores(ofScores, gradient);
  }
  return { value, gradient };
}

function massFrom(j: number, values: Float64Array, copies: Float64Array): number {
  let mass = 0;
  for (let i = j; i < values.length; i++) mass += copies[i]! * values[i]!;
  return mass;
}
