// One-step actor–critic (Sutton & Barto 2018, section 13.5), off-policy (Degris, White & Sutton 2012).
//
// δ_i = r_i + d_i V(s_{i+1}) − V(s_i) is the actor's advantage and the critic's error:
// θ ← θ + α Σ_i ρ_i δ_i ∇ log π_θ(a_i | s_i), and V towards r_i + d_i V(s_{i+1}), weighed by min(1, ρ_i);
// ρ = π / μ over the logged propensity, capped. As in that paper the visits are weighed as the log has them.

import { proximalOf } from './clipped.ts';
import { reinforcementKind } from './learner.ts';
import { byTransition, criticGradient, stepsOf, temporalErrors } from './returns.ts';
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
    const ratios = sessions.map((session) =>
      proximalOf(actor.weights, session).map(({ weights }) => weights),
    );
    const steps = sessions.map((session, e) => stepsOf(session, critic.weights, GAMMA, ratios[e]));
    const errors = steps.map(temporalErrors);
    const advantages = sessions.flatMap((session, e) =>
      byTransition(
        session,
        errors[e]!.map((error, i) => steps[e]![i]!.ratio * error),
      ),
    );
    actor.ascend(policyObjective(actor.weights, sessions.flat(), advantages).gradient, RATE);
    const targets = steps.flatMap((episode, e) =>
      episode.map(({ value, ratio }, i) => value + Math.min(1, ratio) * errors[e]![i]!),
    );
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
    const coefficients = advantages[t]!;
    const logs = logPropensities(policy, transition);
    value += logs.reduce((sum, logPi, j) => sum + coefficients[j]! * logPi, 0);
    addLogGradient(policy, transition, coefficients, gradient);
  }
  return { value, gradient };
}
