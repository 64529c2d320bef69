// Rewards to come: each position of a slate is a step, and requests discount, positions do not.
//
// An item has no say in the clicks above it, so only its own and the later ones count for it.
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
}

/** Number of values that the critic sees: the mean candidate, and the positions still to fill. */
export const MOMENT_WIDTH = WIDTH + 1;

/** The steps of an episode, position by position. */
export function stepsOf(
  episode: readonly Transition[],
  critic: Float64Array,
  gamma: number,
): Step[] {
  return episode.flatMap((transition, t) => {
    const k = transition.rewards.length;
    const later = t === episode.length - 1 ? 0 : gamma;
    return Array.from(transition.rewards, (answer, j) => {
      const reward = answer * transition.weights[j]!;
      const moment = momentOf(transition, k - j);
      const discount = j < k - 1 ? 1 : later;
      return { reward, discount, value: scoreOf(critic, moment, 0), moment };
    });
  });
}

/** The returns G_i = r_i + d_i G_{i+1}. */
export function returnsOf(steps: readonly Step[]): Float64Array {
  return backwards(steps, ({ reward, discount }, after) => reward + discount * after);
}

/**
 * Generalised advantages (Schulman et al. 2016, equation 16): A_i = δ_i + d_i λ A_{i+1} with
 * δ_i = r_i + d_i V_{i+1} − V_i. λ = 1 gives returns less values; λ = 0 the one-step errors.
 */
export function advantagesOf(steps: readonly Step[], lambda: number): Float64Array {
  return backwards(steps, ({ reward, discount, value }, after, next) => {
    const error = reward + discount * (next?.value ?? 0) - value;
    return error + discount * lambda * after;
  });
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

function backwards(
  steps: readonly Step[],
  value: (step: Step, after: number, next: Step | undefined) => number,
): Float64Array {
  const values = new Float64Array(steps.length);
  for (let i = steps.length - 1; i >= 0; i--) {
    values[i] = value(steps[i]!, values[i + 1] ?? 0, steps[i + 1]);
  }
  return values;
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
