// Imagined rewards: right on average whatever is imagined, and what is learned of them.
import { describe, expect, it } from '@jest/globals';
import { UniformPolicy } from '../../../models/bandit/uniform.ts';
import { lifeOf } from '../../../models/evaluation/interactive.ts';
import { clip, type Shrinkage } from '../../../models/ope/shrinkage.ts';
import {
  counterfactualObjective,
  counterfactualRewards,
} from '../../../models/reward/counterfactual.ts';
import { DoublyRobust } from '../../../models/rl/doubly-robust.ts';
import { slatePolicy } from '../../../models/rl/slate-policy.ts';
import { World } from '../../../models/world/world.ts';
import { gradientError } from '../../support/gradients.ts';
import { madeTransition, theta } from './made.ts';

describe('counterfactualRewards', () => {
  it('have the true rewards as their mean over draw and answer, for any reward model', () => {
    const base = madeTransition(5, [0]);
    const logged = [0.4, 0.3, 0.15, 0.1, 0.05];
    const truth = [0.2, 0.9, 0.5, 0.7, 0.1];
    const wrong = Float64Array.of(0.8, -3, 0.5, 0.3, 12);
    const mean = new Float64Array(5);
    for (const [a, propensity] of logged.entries()) {
      // Item a is drawn: its row comes first.
      const order = [a, ...[0, 1, 2, 3, 4].filter((i) => i !== a)];
      const q = Float64Array.from(order, (i) => wrong[i]!);
      for (const reward of [0, 1]) {
        const transition = {
          ...base,
          propensities: Float64Array.of(propensity),
          rewards: Float64Array.of(reward),
        };
        const [values] = counterfactualRewards({ transition, q }, theta);
        const chance = propensity * (reward === 1 ? truth[a]! : 1 - truth[a]!);
        for (const [row, i] of order.entries()) mean[i]! += chance * values![row]!;
      }
    }
    for (const [i, value] of mean.entries()) expect(value).toBeCloseTo(truth[i]!, 12);
  });

  it('shrink the weight of the policy, position by position', () => {
    const transition = madeTransition(6, [1, 0]);
    transition.propensities[0] = 0.001;
    const q = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6);
    const [first, second] = counterfactualRewards({ transition, q }, theta, clip(5));
    const { p } = slatePolicy(theta, transition);
    expect(p[0]! / 0.001).toBeGreaterThan(5);
    expect(first![0]).toBeCloseTo(0.1 + (5 / p[0]!) * 0.9, 12);
    expect([...first!.slice(1)]).toEqual([...q.slice(1)]);
    const own = p[1]! / (1 - p[0]!);
    const weight = Math.min(5, own / transition.propensities[1]!) / own;
    expect([...second!.slice(2)]).toEqual([...q.slice(2)]);
    expect(second![0]).toBe(0);
    expect(second![1]).toBeCloseTo(0.2 - weight * 0.2, 12);
  });

  it('give the gradient of the policy’s doubly robust value', () => {
    const transitions = [
      madeTransition(6),
      madeTransition(4, [0, 1]),
      madeTransition(8, [0, 1, 1], 2.5),
    ];
    const rewards = transitions.map((transition, t) => {
      const q = Float64Array.from(transition.copies, (_, i) => Math.sin(3 * i + t));
      return counterfactualRewards({ transition, q }, theta);
    });
    const objective = (at: Float64Array) => counterfactualObjective(at, transitions, rewards);
    const { gradient } = objective(theta);
    expect(gradientError((at) => objective(at).value, theta, gradient)).toBeLessThan(1e-6);
  });
});

describe('DoublyRobust', () => {
  const requests = 900;
  const at = 1_700_000_000_000;
  const size = { world: {}, requests, candidates: 20, k: 3 };

  /** Imagines a function of what is true without fashion and weariness. */
  function imagining(of: (p: number) => number, confidence: number, shrinkage?: Shrinkage) {
    return (seed: number) => {
      const world = new World({ seed });
      const p = (userId: string, itemId: string) =>
        1 / (1 + Math.exp(-world.interest(userId, itemId, at)));
      const policy = new DoublyRobust(
        {
          predictItem: ({ userId }, { itemId }) => of(p(userId, itemId)),
          learn: () => {},
          confidence: () => confidence,
          save: () => new Uint8Array(),
        },
        shrinkage,
      );
      return {
        policy,
        learn: (example: Parameters<typeof policy.learn>[0]) => policy.learn(example),
      };
    };
  }

  /** Expected clicks a slate, of a third of the requests: 0, 1 or 2. */
  function earned(create: (seed: number) => ReturnType<ReturnType<typeof imagining>>) {
    const thirds = [0, 0, 0];
    for (const seed of [1, 2]) {
      const contender = {
        name: 'one',
        exploration: { temperature: 1, floor: 0.05 },
        create: () => create(seed),
      };
      const life = lifeOf(contender, size, seed);
      for (const [n, reward] of life.earned.entries()) {
        thirds[Math.floor((3 * n) / requests)]! += reward / (2 * (requests / 3));
      }
    }
    return thirds as [number, number, number];
  }

  const none = earned(imagining(() => 0, 0));
  const uniform = earned(() => ({ policy: new UniformPolicy() as never, learn: () => {} }));

  it('is not misled by a simulator that is wrong, though it is believed', () => {
    const inverted = earned(imagining((p) => 1 - p, 1));
    expect(inverted[2]).toBeGreaterThan(1.2 * uniform[2]);
    expect(inverted[2]).toBeGreaterThan(0.9 * none[2]);
    // The same beliefs without the logged rewards do mislead.
    const believed = earned(
      imagining(
        (p) => 1 - p,
        1,
        () => 0,
      ),
    );
    expect(believed[2]).toBeLessThan(0.9 * uniform[2]);
  });

  it('learns faster with a good one', () => {
    const good = earned(imagining((p) => p, 1));
    expect(good[0] + good[1]).toBeGreaterThan(1.01 * (none[0] + none[1]));
    expect(good[2]).toBeGreaterThan(1.2 * uniform[2]);
  });
});
