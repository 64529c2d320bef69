// Group relative policy optimisation (Shao et al. 2024, equations 3 and 4): no critic.
//
// Several slates of one request are a group; a slate's advantage is its likes, by their weights, less the group's mean, over
// the group's standard deviation, for each of its positions. The objective is the clipped surrogate less β
// times the divergence KL(π ‖ π_ref), estimated by w (π_ref/π − log(π_ref/π) − 1), w = π / μ: the estimate is
// an expectation under π, and the slates are of μ (Schulman 2020, "Approximating KL divergence", k3). A group
// of one, or of equals, says nothing.
import { mean, squaredDeviations } from '../moments.ts';
import { clipped, type Proximal, proximalOf } from './clipped.ts';
import { groupsOf } from './group.ts';
import { reinforcementKind } from './learner.ts';
import {
  addLogGradient,
  linear,
  logPropensities,
  type Objective,
  type Scorer,
  slatePolicy,
} from './slate-policy.ts';
import type { Transition } from './transition.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, sqrt } = Math;

const CLIP = 0.2;
const BETA = 0.02;
const EPOCHS = 2;
const RATE = 0.03;
/** Number of updates after which the policy becomes the new reference. */
const REFRESH = 20;

export const grpo = reinforcementKind({
  name: 'grpo',
  gapMs: 0, // slates of one request share their user and their time
  batch: 8,
  compares: true,
  update(learned, requests) {
    const { actor, reference } = learned;
    const groups = groupsOf(requests, (one) => linear.scores(actor.weights, one));
    const transitions = groups.flat();
    const advantages = groups.flatMap(groupAdvantages);
    if (advantages.every((A) => A === 0)) return;
    const proximal = proximalOf(actor.weights, transitions);
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const objective = grpoObjective(actor.weights, proximal, reference, transitions, advantages);
      actor.ascend(objective.gradient, RATE);
    }
    learned.updates += 1;
    if (learned.updates % REFRESH === 0) reference.set(actor.weights);
  },
});

/** Advantage of each slate of a group, (R − mean) / std; zeros if all earn the same. */
export function groupAdvantages(group: readonly Transition[]): number[] {
  return groupRelative(
    group.map(({ rewards, weights }) => rewards.reduce((sum, r, j) => sum + weights[j]! * r, 0)),
  );
}

/** Advantages of single rewards, (R − mean) / std; zeros if all are the same. */
export function groupRelative(rewards: readonly number[]): number[] {
  const centre = mean(rewards);
  const variance = squaredDeviations(rewards) / rewards.length;
  return rewards.map((one) => (variance > 0 ? (one - centre) / sqrt(variance) : 0));
}

/** The objective of GRPO. @param advantages one for each slate */
export function grpoObjective<D extends Transition>(
  theta: Float64Array,
  proximal: readonly Proximal[],
  reference: Float64Array,
  transitions: readonly D[],
  advantages: readonly number[],
  scorer?: Scorer<D>,
): Objective {
  const gradient = new Float64Array(theta.length);
  let value = 0;
  for (const [g, transition] of transitions.entries()) {
    const policy = slatePolicy(theta, transition, scorer);
    const near = logPropensities(slatePolicy(reference, transition, scorer), transition);
    const each = 1 / (transitions.length * transition.rewards.length);
    const slopes = Array.from(logPropensities(policy, transition), (logPi, j) => {
      const own = proximal[g]!;
      const one = clipped(logPi, own, j, advantages[g]!, CLIP);
      const log = near[j]! - logPi;
      const weight = own.weights[j]! * exp(logPi - own.logs[j]!);
      const share = each * transition.weights[j]!;
      value += share * (one.value - BETA * weight * (exp(log) - log - 1));
      // d (w (e^l − l − 1)) / d log π = −w l, for w and −l grow with log π.
      return share * (one.slope + BETA * weight * log);
    });
    addLogGradient(policy, transition, slopes, gradient);
  }
  return { value, gradient };
}
