// Proximal policy optimisation (Schulman et al. 2017), off-policy by the logged propensities.
//
// L(θ) = mean (π_prox / μ) min(ρ A, clip(ρ, 1 ± ε) A), ρ = π_θ / π_prox, position by position; A by GAE over
// the session (Schulman et al. 2016), set to mean 0 and deviation 1 over the batch; several passes.
import { clipped, type Proximal, proximalOf } from './clipped.ts';
import type { Decision } from './decision.ts';
import { reinforcementKind } from './learner.ts';
import { advantagesOf, byDecision, criticGradient, stepsOf } from './returns.ts';
import {
  addLogGradient,
  logPropensities,
  type Objective,
  type Scorer,
  slatePolicy,
} from './slate-policy.ts';

const GAMMA = 0.5;
const LAMBDA = 0.8;
export const PPO_CLIP = 0.2;
const PASSES = 4;
const RATE = 0.03;

export const ppo = reinforcementKind({
  name: 'ppo',
  gapMs: 30 * 60_000,
  batch: 12,
  improve({ actor, critic }, sessions) {
    const steps = sessions.map((session) => stepsOf(session, critic.weights, GAMMA));
    const raw = steps.map((episode) => advantagesOf(episode, LAMBDA));
    const targets = raw.flatMap((A, e) => Array.from(A, (a, i) => a + steps[e]![i]!.value));
    const { mean, deviation } = moments(raw.flatMap((A) => [...A]));
    const advantages = sessions.flatMap((session, e) =>
      byDecision(
        session,
        raw[e]!.map((a) => (a - mean) / deviation),
      ),
    );
    const decisions = sessions.flat();
    const proximal = proximalOf(actor.weights, decisions);
    for (let pass = 0; pass < PASSES; pass++) {
      actor.climb(ppoObjective(actor.weights, proximal, decisions, advantages).gradient, RATE);
      const again = sessions.flatMap((session) => stepsOf(session, critic.weights, GAMMA));
      critic.climb(criticGradient(again, targets), RATE);
    }
  },
});

export function ppoObjective<D extends Decision>(
  theta: Float64Array,
  proximal: readonly Proximal[],
  decisions: readonly D[],
  advantages: readonly ArrayLike<number>[],
  scorer?: Scorer<D>,
): Objective {
  const gradient = new Float64Array(theta.length);
  const n = decisions.reduce((sum, { rewards }) => sum + rewards.length, 0);
  let value = 0;
  for (const [t, decision] of decisions.entries()) {
    const policy = slatePolicy(theta, decision, scorer);
    const slopes = Array.from(logPropensities(policy, decision), (logPi, j) => {
      const one = clipped(logPi, proximal[t]!, j, advantages[t]![j]!, PPO_CLIP);
      value += (decision.weight * one.value) / n;
      return (decision.weight * one.slope) / n;
    });
    addLogGradient(policy, decision, slopes, gradient);
  }
  return { value, gradient };
}

function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(square) + 1e-8 };
}
