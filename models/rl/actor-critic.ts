// Actor–critic with discounted returns over a session (Sutton & Barto 2018, section 13.4).
//
// θ ← θ + α Σ_i (G_i − V(s_i)) ∇ log π_θ(a_i | s_i), G_i the discounted likes until the session ends, and
// V ← towards G. On-policy: it assumes decisions of its own, a few parameters old at most; for logs of
// other policies there are PPO and the top-K correction.
import type { Decision } from './decision.ts';
import { reinforcementKind } from './learner.ts';
import { byDecision, criticGradient, returnsOf, stepsOf } from './returns.ts';
import {
  addLogGradient,
  logPropensities,
  type Objective,
  type Scorer,
  slatePolicy,
} from './slate-policy.ts';

/** What a like at the next request of the session counts. */
const GAMMA = 0.5;
const RATE = 0.03;
const CRITIC_RATE = 0.03;

export const actorCritic = reinforcementKind({
  name: 'actor-critic',
  gapMs: 30 * 60_000,
  batch: 4,
  improve({ actor, critic }, sessions) {
    const steps = sessions.map((session) => stepsOf(session, critic.weights, GAMMA));
    const returns = steps.map(returnsOf);
    const errors = returns.map((G, e) => G.map((value, i) => value - steps[e]![i]!.value));
    const advantages = sessions.flatMap((session, e) => byDecision(session, errors[e]!));
    actor.climb(policyObjective(actor.weights, sessions.flat(), advantages).gradient, RATE);
    const targets = returns.flatMap((G) => [...G]);
    critic.climb(criticGradient(steps.flat(), targets), CRITIC_RATE);
  },
});

/** Σ A_i log π(a_i), whose gradient is the policy gradient (Williams 1992). */
export function policyObjective<D extends Decision>(
  theta: Float64Array,
  decisions: readonly D[],
  advantages: readonly ArrayLike<number>[],
  scorer?: Scorer<D>,
): Objective {
  const gradient = new Float64Array(theta.length);
  let value = 0;
  for (const [t, decision] of decisions.entries()) {
    const policy = slatePolicy(theta, decision, scorer);
    const coefficients = Array.from(advantages[t]!, (A) => A * decision.weight);
    const logs = logPropensities(policy, decision);
    value += coefficients.reduce((sum, c, j) => sum + c * logs[j]!, 0);
    addLogGradient(policy, decision, coefficients, gradient);
  }
  return { value, gradient };
}
