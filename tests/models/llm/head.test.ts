import { describe, expect, it } from '@jest/globals';
import { drawSlate, toProbabilities } from '../../../models/exploration.ts';
import {
  freshHead,
  type HeadContext,
  type HeadTransition,
  headContext,
  headScorer,
  headSize,
} from '../../../models/llm/head.ts';
import { type HeadAlgorithm, HeadTrainer } from '../../../models/llm/head-trainer.ts';
import { normal } from '../../../models/normal.ts';
import { Random } from '../../../models/random.ts';
import { policyObjective } from '../../../models/rl/actor-critic.ts';
import { proximalOf } from '../../../models/rl/clipped.ts';
import { dpoObjective } from '../../../models/rl/dpo.ts';
import { grpoObjective } from '../../../models/rl/grpo.ts';
import { ppoObjective } from '../../../models/rl/ppo.ts';
import { FLOOR, type Objective } from '../../../models/rl/slate-policy.ts';
import { gradientError } from '../../support/gradients.ts';

const shape = { width: 5, rank: 3, columns: 2 };
const scorer = headScorer(shape);
const random = new Random(8);
const numbers = (n: number) => Float64Array.from({ length: n }, () => normal(random));
const theta = numbers(headSize(shape)).map((z) => 0.4 * z);

function madeContext(n: number): HeadContext {
  const vectors = Array.from({ length: n }, () => numbers(shape.width));
  return headContext(
    numbers(shape.width),
    vectors,
    vectors.map(() => [...numbers(2)]),
  );
}

function madeDecision(n: number, rewards: readonly number[]): HeadTransition {
  return {
    ...madeContext(n),
    userId: 'u',
    at: 0,
    weights: Float64Array.from(rewards, () => 0.8),
    copies: new Float64Array(n).fill(1),
    propensities: Float64Array.from(rewards, () => 0.1 + 0.4 * random.next()),
    rewards: Float64Array.from(rewards),
  };
}

describe('the scores of a head', () => {
  it('are those worked out by hand', () => {
    const small = { width: 2, rank: 1, columns: 1 };
    // U = (1, 2), V = (3, −1), weights 0.5 of the cosine and 10 of the column.
    const at = Float64Array.of(1, 2, 3, -1, 0.5, 10);
    const context = headContext([2, 1], [[1, 1], undefined, [0, -2]], [[0.1], [0.2], [0]]);
    // (2 + 2)(3 − 1) + 0.5 · 3 + 1;  2;  4 · 2 + 0.5 · −2
    expect([...headScorer(small).scores(at, context)]).toEqual([10.5, 2, 7]);
  });

  it('are the cosine at first', () => {
    const fresh = freshHead(shape, 8, new Random(1));
    const context = madeContext(4);
    const stride = shape.width + 3;
    const cosines = Array.from({ length: 4 }, (_, i) => context.rows[i * stride + shape.width]!);
    expect([...scorer.scores(fresh, context)]).toEqual(cosines.map((cosine) => 8 * cosine));
  });
});

describe('gradients of a head', () => {
  const transitions = [madeDecision(6, [1, 0, 1]), madeDecision(4, [0, 1])];
  const check = (objective: (at: Float64Array) => Objective) => {
    const { gradient } = objective(theta);
    expect(gradientError((at) => objective(at).value, theta, gradient)).toBeLessThan(1e-6);
  };
  // Ratios of 1.1 and 0.6: inside the clip and beyond it.
  const proximal = proximalOf(theta, transitions, scorer).map(({ logs, weights }) => ({
    logs: logs.map((log, j) => log - Math.log([1.1, 0.6][j % 2]!)),
    weights,
  }));

  it.each<[string, (at: Float64Array) => Objective]>([
    [
      'softmax',
      (at) =>
        policyObjective(
          at,
          transitions,
          [
            [1, -2, 0.5],
            [3, 1],
          ],
          scorer,
        ),
    ],
    [
      'ppo',
      (at) =>
        ppoObjective(
          at,
          proximal,
          transitions,
          [
            [1, -2, 0.5],
            [3, 1],
          ],
          scorer,
        ),
    ],
    [
      'grpo',
      (at) =>
        grpoObjective(
          at,
          proximal,
          theta.map((v) => 0.7 * v),
          transitions,
          [1.2, -0.7],
          scorer,
        ),
    ],
    [
      'dpo',
      (at) =>
        dpoObjective(
          at,
          theta.map((v) => 0.7 * v),
          transitions,
          scorer,
        ),
    ],
  ])('of %s', (_, objective) => check(objective));
});

const taste = [1, 0, 0, 0, 0];

/** People like what the first dimension says, against what the cosine says; clicks follow. */
function live(trainer: HeadTrainer, requests: number, seed: number): number {
  const draws = new Random(seed);
  let earned = 0;
  for (let n = 0; n < requests; n++) {
    const vectors = Array.from({ length: 8 }, () => Array.from({ length: 5 }, () => normal(draws)));
    const context = headContext([-1, 0, 0, 0, 0], vectors);
    const slates = Array.from({ length: 2 }, (): HeadTransition => {
      const p = toProbabilities(trainer.scores(context), { floor: FLOOR });
      const { chosen, propensities } = drawSlate(p, 3, draws);
      const others = [...vectors.keys()].filter((i) => !chosen.includes(i));
      const order = [...chosen, ...others];
      const rewards = Float64Array.from(chosen, (i) => (vectors[i]![0]! * taste[0]! > 0.8 ? 1 : 0));
      earned += rewards.reduce((sum, one) => sum + one, 0);
      return {
        ...headContext(
          [-1, 0, 0, 0, 0],
          order.map((i) => vectors[i]!),
        ),
        userId: 'u',
        at: n,
        weights: Float64Array.from(rewards, () => 1),
        copies: new Float64Array(8).fill(1),
        propensities: Float64Array.from(propensities),
        rewards,
      };
    });
    trainer.learn(slates);
  }
  return earned / (2 * requests);
}

const made = (algorithm: HeadAlgorithm) =>
  new HeadTrainer({ width: 5, rank: 3, columns: 0, algorithm, seed: 2, cosine: 1, rate: 0.02 });

describe.each<HeadAlgorithm>(['softmax', 'ppo', 'grpo', 'dpo'])(
  'a head trained by %s',
  (algorithm) => {
    it('earns twice what chance does, against what it believed at first', () => {
      const trainer = made(algorithm);
      // Three places, P(Z > 0.8) each.
      const chance = 3 * 0.2119;
      expect(live(made(algorithm), 15, 4)).toBeLessThan(0.5 * chance);
      live(trainer, 600, 3);
      expect(live(trainer, 200, 4)).toBeGreaterThan(2 * chance);
    });

    it('goes on after saving as if it had never been saved', () => {
      const trainer = made(algorithm);
      live(trainer, 37, 5);
      const loaded = HeadTrainer.load(trainer.save());
      expect(loaded.save()).toEqual(trainer.save());
      live(trainer, 30, 6);
      live(loaded, 30, 6);
      expect(loaded.save()).toEqual(trainer.save());
      expect(loaded.version).toBe(134);
    });
  },
);
