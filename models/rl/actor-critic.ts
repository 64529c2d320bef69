// Actor–critic with discounted returns over a session (Sutton & Barto 2018, section 13.4).
//
// θ ← θ + α Σ_i (G_i − V(s_i)) ∇ log π_θ(a_i | s_i), G_i the discounted likes until the session ends, and
// V ← towards G. On-policy: it assumes transitions of its own, a few parameters old at most; for logs of
// other policies there are PPO and the top-K correction.

import { reinforcementKind } from './learner.ts';
import { byTransition, criticGradient, returnsOf, stepsOf } from './returns.ts';
import {
  addLogGradient,
  logPropensities,
  type Objective,
  type Scorer,
  slatePolicy,
} from './slate-policy.ts';
import type { Transition } from './transition.ts';

/** Discount γ of a like at the next request of the session. */
const GAMMA = 0.5;
const RATE = 0.03;
const CRITIC_RATE = 0.03;

export const actorCritic = reinforcementKind({
  name: 'actor-critic',
  gapMs: 30 * 60_000,
  batch: 4,
  update({ actor, critic }, sessions) {
    const steps = sessions.map((session) => stepsOf(session, critic.weights, GAMMA));
    const returns = steps.map(returnsOf);
    const errors = returns.map((G, e) => G.map((value, i) => value - steps[e]![i]!.value));
    const advantages = sessions.flatMap((session, e) => byTransition(session, errors[e]!));
    actor.ascend(policyObjective(actor.weights, sessions.flat(), advantages).gradient, RATE);
    const targets = returns.flatMap((G) => [...G]);
    critic.ascend(criticGradient(steps.flat(), targets), CRITIC_RATE);
  },
});

/** The objective Σ A_i log π(a_i), whose gradient is the policy gradient (Williams 1992). */
export function policyObjective<D extends Transition>(
  theta: Float64Array,
  transitions: readonly D[],
  advantages: readonly ArrayLike<number>[],
  scorer?: Scorer<D>,
): Objective {
  const gradient = new Float64Array(theta.length);
  let value = 0;
  for (const [t, transition] of transitions.entries()) {
    const policy = slatePolicy(theta, transition, scorer);
    const coefficients = Array.from(advantages[t]!, (A, j) => A * transition.weights[j]!);
    const logs = logPropensities(policy, transition);
    value += coefficients.reduce((sum, c, j) => sum + c * logs[j]!, 0);
    addLogGradient(policy, transition, coefficients, gradient);
  }
  return { value, gradient };
}
