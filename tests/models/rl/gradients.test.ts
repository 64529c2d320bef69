// Every analytic gradient of the reinforcement learners against central finite differences.
import { describe, expect, it } from '@jest/globals';
import { policyObjective } from '../../../models/rl/actor-critic.ts';
import { clipped } from '../../../models/rl/clipped.ts';
import type { Decision } from '../../../models/rl/decision.ts';
import { dpoObjective } from '../../../models/rl/dpo.ts';
import { grpoObjective } from '../../../models/rl/grpo.ts';
import { PPO_CLIP, ppoObjective } from '../../../models/rl/ppo.ts';
import { criticGradient, MOMENT_WIDTH, stepsOf } from '../../../models/rl/returns.ts';
import { logPropensities, type Objective, slatePolicy } from '../../../models/rl/slate-policy.ts';
import { topKObjective } from '../../../models/rl/top-k.ts';
import { gradientError } from '../../support/gradients.ts';
import { madeDecision, theta } from './made.ts';

const decisions = [madeDecision(6), madeDecision(4, [0, 1]), madeDecision(8, [0, 1, 1], 2.5)];

function check(objective: (theta: Float64Array) => Objective): void {
  const { gradient } = objective(theta);
  expect(gradientError((at) => objective(at).value, theta, gradient)).toBeLessThan(1e-6);
}

/** The same, logged by a policy whose ratios to this one are given, so far from the corners. */
function loggedWith(ratios: readonly number[]): Decision[] {
  return decisions.map((decision) => {
    const logs = logPropensities(slatePolicy(theta, decision), decision);
    const propensities = logs.map((log, j) => Math.exp(log) / ratios[j % ratios.length]!);
    return { ...decision, propensities };
  });
}

describe('gradients', () => {
  it('of the policy gradient', () => {
    const advantages = [
      [1, -2, 0.5],
      [3, 0.1],
      [-1, 0.7, 2],
    ];
    check((at) => policyObjective(at, decisions, advantages));
  });

  it('of PPO, inside the clip and beyond it', () => {
    const advantages = [
      [1, -2, 0.5],
      [3, 0.1],
      [-1, 0.7, 2],
    ];
    check((at) => ppoObjective(at, loggedWith([1.05, 0.9, 1.5, 0.6]), advantages));
    const clippedOnly = loggedWith([2]).map((one) => ({ ...one, weight: 1 }));
    const positive = clippedOnly.map(({ rewards }) => Array.from(rewards, () => 1));
    const { value, gradient } = ppoObjective(theta, clippedOnly, positive);
    expect(value).toBeCloseTo(1 + PPO_CLIP, 12);
    expect(gradient.every((g) => g === 0)).toBe(true);
  });

  it('of GRPO, with its divergence from the reference', () => {
    const reference = theta.map((value, i) => value + (i % 2 ? 0.2 : -0.1));
    const logged = loggedWith([1.1, 0.85, 1.4, 0.5]);
    check((at) => grpoObjective(at, reference, logged, [1.2, -0.7, 0.3]));
    check((at) => grpoObjective(at, reference, logged, [0, 0, 0]));
  });

  it('of DPO', () => {
    check((at) => dpoObjective(at, decisions));
  });

  it('of the top-K correction, below its cap', () => {
    check((at) => topKObjective(at, decisions));
  });

  it('of the critic', () => {
    const critic = Float64Array.from({ length: MOMENT_WIDTH }, (_, i) => Math.sin(i));
    const targets = Array.from({ length: 8 }, (_, i) => Math.cos(i));
    const loss = (at: Float64Array) =>
      stepsOf(decisions, at, 0.9).reduce(
        (sum, { value }, i) => sum - (targets[i]! - value) ** 2 / 2,
        0,
      );
    const gradient = criticGradient(stepsOf(decisions, critic, 0.9), targets);
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
    const one = clipped(Math.log(ratio * 0.3), 0.3, advantage, 0.2);
    expect(one.value).toBeCloseTo(value, 12);
    expect(one.slope).toBeCloseTo(slope, 12);
  });
});
