// Rewards to come: each position of a slate is a step, and requests discount, positions do not.
//
// An item has no say in the clicks above it, so only its own and the later ones count for it. The log is of
// another policy than the one that learns, if only of itself some time ago: what came after a step came of
// what the log chose there. So each step carries the ratio of the two policies.
import { WIDTH } from '../bandit/features.ts';
import { scoreOf } from './slate-policy.ts';
import type { Transition } from './transition.ts';

/** One position of one transition. */
export interface Step {
  readonly reward: number;
  /** Factor of a reward at the next step: 1 within a slate, γ after it, 0 at the end. */
  readonly discount: number;
  /** Value V of the moment before the step, by the critic. */
  readonly value: number;
  /** Features of the moment, for the critic. */
  readonly moment: Float64Array;
  /** Weight of the reward, 0 to 1: 1 for a person's answer, less for a simulator's. */
  readonly weight: number;
  /** Ratio π / μ of the choice under the policy that learns and under the one that logged it. */
  readonly ratio: number;
}

/** A step of which only its reward and its place matter. */
type ValuedStep = Omit<Step, 'moment'>;

/** Number of values that the critic sees: the mean candidate, and the positions still to fill. */
export const MOMENT_WIDTH = WIDTH + 1;

/**
 * The steps of an episode, position by position.
 * @param ratios ratios π / μ of each transition's choices. @default 1: the log is the policy's own
 */
export function stepsOf(
  episode: readonly Transition[],
  critic: Float64Array,
  gamma: number,
  ratios?: readonly ArrayLike<number>[],
): Step[] {
  return episode.flatMap((transition, t) => {
    const k = transition.rewards.length;
    const later = t === episode.length - 1 ? 0 : gamma;
    return Array.from(transition.rewards, (reward, j) => {
      const moment = momentOf(transition, k - j);
      return {
        reward,
        moment,
        discount: j < k - 1 ? 1 : later,
        value: scoreOf(critic, moment, 0),
        weight: transition.weights[j]!,
        ratio: ratios?.[t]?.[j] ?? 1,
      };
    });
  });
}

/**
 * One-step errors δ_i = c_i (r_i + d_i V_{i+1} − V_i), c the weight of the reward: an answer that counts
 * for nothing changes nothing. Sutton & Barto 2018, equation 13.12.
 */
export function temporalErrors(steps: readonly ValuedStep[]): Float64Array {
  return Float64Array.from(steps, ({ reward, discount, value, weight }, i) => {
    return weight * (reward + discount * (steps[i + 1]?.value ?? 0) - value);
  });
}

/** Advantages of the steps' choices, and what the critic is drawn to. */
export interface Corrected {
  readonly advantages: Float64Array;
  readonly targets: Float64Array;
}

/**
 * V-trace (Espeholt et al. 2018, equation 1, with λ as in its remark 2 and ρ̄ = c̄ = 1):
 * v_i − V_i = Δ_i = ρ_i δ_i + d_i λ ρ_i Δ_{i+1}, ρ = min(1, π / μ), so that what follows on a choice that
 * the policy would hardly make hardly counts; A_i = δ_i + d_i λ Δ_{i+1}. Where the log is the policy's own,
 * A are the generalised advantages of Schulman et al. 2016, equation 16, and Δ too.
 */
export function vTrace(steps: readonly ValuedStep[], lambda: number): Corrected {
  const errors = temporalErrors(steps);
  const advantages = new Float64Array(steps.length);
  const targets = new Float64Array(steps.length);
  let after = 0;
  for (let i = steps.length - 1; i >= 0; i--) {
    const { discount, ratio, value } = steps[i]!;
    advantages[i] = errors[i]! + discount * lambda * after;
    after = Math.min(1, ratio) * advantages[i]!;
    targets[i] = value + after;
  }
  return { advantages, targets };
}

/** Gradient of −½ Σ (target − V)², which is ascended. */
export function criticGradient(steps: readonly Step[], targets: ArrayLike<number>): Float64Array {
  const gradient = new Float64Array(MOMENT_WIDTH);
  for (const [i, { value, moment }] of steps.entries()) {
    const error = targets[i]! - value;
    for (let f = 0; f < gradient.length; f++) gradient[f]! += error * moment[f]!;
  }
  return gradient;
}

/** The values of an episode's steps, cut by transition. */
export function byTransition(episode: readonly Transition[], values: Float64Array): Float64Array[] {
  let at = 0;
  return episode.map(({ rewards }) => {
    at += rewards.length;
    return values.subarray(at - rewards.length, at);
  });
}

function momentOf({ rows, copies }: Transition, remaining: number): Float64Array {
  const moment = new Float64Array(MOMENT_WIDTH);
  const total = copies.reduce((sum, one) => sum + one, 0);
  for (let i = 0; i < copies.length; i++) {
    const share = copies[i]! / total;
    for (let f = 0; f < WIDTH; f++) moment[f]! += share * rows[i * WIDTH + f]!;
  }
  moment[WIDTH] = remaining / 10;
  return moment;
}
