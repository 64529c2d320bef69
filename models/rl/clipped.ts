// The clipped surrogate, shared by PPO and GRPO, for transitions of any policy.
//
// min(ρ A, clip(ρ, 1 − ε, 1 + ε) A), ρ = π_θ / π_prox (Schulman et al. 2017, equation 7), times
// π_prox / μ (Hilton, Cobbe & Schulman 2022, equation 3), μ the logged propensity and π_prox the policy
// before the epochs. Clipping π_θ / μ itself would tie the policy to whoever wrote the log.

import { logPropensities, type Scorer, slatePolicy } from './slate-policy.ts';
import type { Transition } from './transition.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, max, min } = Math;

/** Largest weight π_prox / μ. */
export const WEIGHT_CAP = 5;

/** log π_prox of a transition's positions, and their weights π_prox / μ. */
export interface Proximal {
  readonly logs: Float64Array;
  readonly weights: Float64Array;
}

export interface Clipped {
  readonly value: number;
  /** The derivative d value / d log π_θ. */
  readonly slope: number;
}

export function proximalOf<D extends Transition>(
  theta: Float64Array,
  transitions: readonly D[],
  scorer?: Scorer<D>,
): Proximal[] {
  return transitions.map((transition) => {
    const logs = logPropensities(slatePolicy(theta, transition, scorer), transition);
    const { propensities } = transition;
    return { logs, weights: logs.map((log, j) => min(WEIGHT_CAP, exp(log) / propensities[j]!)) };
  });
}

/**
 * The clipped surrogate of one action. Its slope is that of ρ A where ρ A is the smaller term, else
 * 0.
 */
export function clipped(
  logPi: number,
  { logs, weights }: Proximal,
  position: number,
  advantage: number,
  epsilon: number,
): Clipped {
  const weight = weights[position]!;
  const ratio = exp(logPi - logs[position]!);
  const free = weight * ratio * advantage;
  const bound = weight * max(1 - epsilon, min(1 + epsilon, ratio)) * advantage;
  return free <= bound ? { value: free, slope: free } : { value: bound, slope: 0 };
}
