// Every analytic gradient of the reinforcement learners against central finite differences.
import { describe, expect, it } from '@jest/globals';
import { WIDTH } from '../../../models/bandit/features.ts';
import { policyObjective } from '../../../models/rl/actor-critic.ts';
import { clipped, type Proximal, proximalOf, WEIGHT_CAP } from '../../../models/rl/clipped.ts';
import { dpoObjective } from '../../../models/rl/dpo.ts';
import { grpoObjective } from '../../../models/rl/grpo.ts';
import { PPO_CLIP, ppoObjective } from '../../../models/rl/ppo.ts';
import { criticGradient, MOMENT_WIDTH, stepsOf } from '../../../models/rl/returns.ts';
import { type Objective, slatePolicy } from '../../../models/rl/slate-policy.ts';
import { topKObjective } from '../../../models/rl/top-k.ts';
import type { Transition } from '../../../models/rl/transition.ts';
import { gradientError } from '../../support/gradients.ts';
import { madeTransition, theta } from './made.ts';

const transitions = [
  madeTransition(6),
  madeTransition(4, [0, 1]),
  madeTransition(8, [0, 1, 1], 2.5),
];

function check(objective: (theta: Float64Array) => Objective): void {
  const { gradient } = objective(theta);
  expect(gradientError((at) => objective(at).value, theta, gradient)).toBeLessThan(1e-6);
}

/** Weights as logged, and ratios to the policy before that are given, so far from the corners. */
function near(ratios: readonly number[]): Proximal[] {
  return proximalOf(theta, transitions).map(({ logs, weights }) => ({
    logs: logs.map((log, j) => log - Math.log(ratios[j % ratios.length]!)),
    weights,
  }));
}

describe('gradients', () => {
  it('of the policy gradient', () => {
    const advantages = [
      [1, -2, 0.5],
      [3, 0.1],
      [-1, 0.7, 2],
    ];
    check((at) => policyObjective(at, transitions, advantages));
  });

  it('of PPO, inside the clip and beyond it', () => {
    const advantages = [
      [1, -2, 0.5],
      [3, 0.1],
      [-1, 0.7, 2],
    ];
    check((at) => ppoObjective(at, near([1.05, 0.9, 1.5, 0.6]), transitions, advantages));
    const far = near([2]).map(({ logs }) => ({ logs, weights: logs.map(() => 1) }));
    const whole = transitions.map((one) => ({ ...one, weights: one.rewards.map(() => 1) }));
    const ones = transitions.map(({ rewards }) => rewards.map(() => 1));
    const { value, gradient } = ppoObjective(theta, far, whole, ones);
    expect(value).toBeCloseTo(1 + PPO_CLIP, 12);
    expect(gradient.every((g) => g === 0)).toBe(true);
  });

  it('of GRPO, with its divergence from the reference', () => {
    const reference = theta.map((value, i) => value + (i % 2 ? 0.2 : -0.1));
    const proximal = near([1.1, 0.85, 1.4, 0.5]);
    check((at) => grpoObjective(at, proximal, reference, transitions, [1.2, -0.7, 0.3]));
    check((at) => grpoObjective(at, proximal, reference, transitions, [0, 0, 0]));
  });

  it('of DPO', () => {
    const reference = theta.map((value, i) => value + (i % 2 ? 0.2 : -0.1));
    check((at) => dpoObjective(at, reference, transitions));
  });

  it('of the divergence of GRPO is the exact one in the mean over the log, whoever wrote it', () => {
    // One position of five candidates, each shown in turn as often as μ shows it: the mean of the estimates
    // is KL(π ‖ reference), and the mean of their gradients is its gradient. Another log changes nothing.
    const n = 5;
    const made = madeTransition(n, [0]);
    const base = { ...made, rows: made.rows.map((x) => x / 4) };
    const reference = theta.map((value, i) => value + (i % 2 ? 0.3 : -0.2));
    const shownFirst = (row: number, mu: Float64Array): Transition => {
      const order = [row, ...[0, 1, 2, 3, 4].filter((i) => i !== row)];
      const rows = Float64Array.from(
        order.flatMap((i) => [...base.rows.slice(i * WIDTH, (i + 1) * WIDTH)]),
      );
      return {
        ...base,
        rows,
        weights: Float64Array.of(1),
        propensities: Float64Array.of(mu[row]!),
      };
    };
    const exact = (at: Float64Array) => {
      const [pi, q] = [at, reference].map((one) => slatePolicy(one, base).p);
      return pi!.reduce((sum, p, i) => sum + p * Math.log(p / q![i]!), 0);
    };
    for (const mu of [
      [0.2, 0.2, 0.2, 0.2, 0.2],
      [0.3, 0.25, 0.2, 0.15, 0.1],
    ].map((p) => Float64Array.from(p))) {
      const all = [0, 1, 2, 3, 4].map((row) => shownFirst(row, mu));
      const proximal = proximalOf(theta, all);
      for (const { weights } of proximal) expect(weights[0]).toBeLessThan(WEIGHT_CAP);
      const gradient = new Float64Array(theta.length);
      let value = 0;
      for (const [i, one] of all.entries()) {
        const found = grpoObjective(theta, [proximal[i]!], reference, [one], [0]);
        value += mu[i]! * found.value;
        for (const [f, g] of found.gradient.entries()) gradient[f]! += mu[i]! * g;
      }
      const BETA = 0.02;
      expect(-value / BETA).toBeCloseTo(exact(theta), 10);
      expect(gradientError((at) => -BETA * exact(at), theta, gradient)).toBeLessThan(1e-6);
    }
  });

  it('of the top-K correction, below its cap', () => {
    check((at) => topKObjective(at, transitions));
  });

  it('of the critic', () => {
    const critic = Float64Array.from({ length: MOMENT_WIDTH }, (_, i) => Math.sin(i));
    const targets = Array.from({ length: 8 }, (_, i) => Math.cos(i));
    const loss = (at: Float64Array) =>
      stepsOf(transitions, at, 0.9).reduce(
        (sum, { value }, i) => sum - (targets[i]! - value) ** 2 / 2,
        0,
      );
    const gradient = criticGradient(stepsOf(transitions, critic, 0.9), targets);
    expect(gradientError(loss, critic, gradient)).toBeLessThan(1e-6);
  });
});

describe('the clipped surrogate', () => {
  it.each([
    { ratio: 1.5, advantage: 2, value: 2.4, slope: 0 },
    { ratio: 1.5, advantage: -2, value: -3, slope: -3 },
    { ratio: 0.5, advantage: 2, value: 1, slope: 1 },
    { ratio: 0.5, advantage: -2, value: -1.6, slope: 0 },
    { ratio: 1.1, advantage: 2, value: 2.2, slope: 2.2 },
  ])('at ratio $ratio and advantage $advantage', ({ ratio, advantage, value, slope }) => {
    const proximal = { logs: Float64Array.of(Math.log(0.3)), weights: Float64Array.of(3) };
    const one = clipped(Math.log(ratio * 0.3), proximal, 0, advantage, 0.2);
    expect(one.value).toBeCloseTo(3 * value, 12);
    expect(one.slope).toBeCloseTo(3 * slope, 12);
  });

  it('weighs by the policy over the log, capped', () => {
    const [first] = transitions;
    const [{ logs }] = proximalOf(theta, [first!]) as [Proximal];
    const propensities = logs.map((log, j) => Math.exp(log) / [0.5, 2, 80][j]!);
    const [{ weights }] = proximalOf(theta, [{ ...first!, propensities }]) as [Proximal];
    expect([...weights]).toEqual([0.5, 2, WEIGHT_CAP].map((w) => expect.closeTo(w, 12)));
  });
});
