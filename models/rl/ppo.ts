// Proximal policy optimisation (Schulman et al. 2017), off-policy by the logged propensities.
//
// L(θ) = mean (π_prox / μ) min(ρ A, clip(ρ, 1 ± ε) A), ρ = π_θ / π_prox, position by position; A by V-trace
// with λ over the session, which is GAE (Schulman et al. 2016) where the log is the policy's own; set to mean
// 0 and standard deviation 1 over the batch; several epochs.
import { mean, squaredDeviations } from '../moments.ts';
import { clipped, type Proximal, proximalOf } from './clipped.ts';
import { reinforcementKind } from './learner.ts';
import { byTransition, criticGradient, stepsOf, vTrace } from './returns.ts';
import {
  addLogGradient,
  logPropensities,
  type Objective,
  type Scorer,
  slatePolicy,
} from './slate-policy.ts';
import type { Transition } from './transition.ts';

const GAMMA = 0.5;
const LAMBDA = 0.8;
export const PPO_CLIP = 0.2;
const EPOCHS = 4;
const RATE = 0.03;

export const ppo = reinforcementKind({
  name: 'ppo',
  gapMs: 30 * 60_000,
  batch: 12,
  update({ actor, critic }, sessions) {
    const proximal = sessions.map((session) => proximalOf(actor.weights, session));
    const steps = sessions.map((session, e) => {
      const ratios = proximal[e]!.map(({ weights }) => weights);
      return stepsOf(session, critic.weights, GAMMA, ratios);
    });
    const corrected = steps.map((episode) => vTrace(episode, LAMBDA));
    const raw = corrected.map(({ advantages }) => advantages);
    const targets = corrected.flatMap((one) => [...one.targets]);
    const { mean, std } = moments(raw.flatMap((A) => [...A]));
    const advantages = sessions.flatMap((session, e) =>
      byTransition(
        session,
        raw[e]!.map((a) => (a - mean) / std),
      ),
    );
    const transitions = sessions.flat();
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      actor.ascend(
        ppoObjective(actor.weights, proximal.flat(), transitions, advantages).gradient,
        RATE,
      );
      const again = sessions.flatMap((session) => stepsOf(session, critic.weights, GAMMA));
      critic.ascend(criticGradient(again, targets), RATE);
    }
  },
});

export function ppoObjective<D extends Transition>(
  theta: Float64Array,
  proximal: readonly Proximal[],
  transitions: readonly D[],
  advantages: readonly ArrayLike<number>[],
  scorer?: Scorer<D>,
): Objective {
  const gradient = new Float64Array(theta.length);
  const n = transitions.reduce((sum, { rewards }) => sum + rewards.length, 0);
  let value = 0;
  for (const [t, transition] of transitions.entries()) {
    const policy = slatePolicy(theta, transition, scorer);
    const slopes = Array.from(logPropensities(policy, transition), (logPi, j) => {
      const one = clipped(logPi, proximal[t]!, j, advantages[t]![j]!, PPO_CLIP);
      value += one.value / n;
      return one.slope / n;
    });
    addLogGradient(policy, transition, slopes, gradient);
  }
  return { value, gradient };
}

function moments(values: readonly number[]): { mean: number; std: number } {
  const variance = squaredDeviations(values) / values.length;
  return { mean: mean(values), std: Math.sqrt(variance) + 1e-8 };
}
