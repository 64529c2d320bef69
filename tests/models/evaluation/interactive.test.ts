// Lives in seeded worlds, on a world whose truth is worked out by hand and on lives made up.
import { describe, expect, it } from '@jest/globals';
import { UniformPolicy } from '../../../models/bandit/uniform.ts';
import {
  type Contender,
  type Life,
  lifeOf,
  rowsOf,
} from '../../../models/evaluation/interactive.ts';
import { convergence } from '../../../models/metrics/convergence.ts';
import { gini } from '../../../models/metrics/exposure.ts';
import { learningPolicies } from '../../../models/policies.ts';

const chance: Contender = {
  name: 'uniform',
  exploration: { floor: 0.05 },
  create: () => ({ policy: new UniformPolicy() }),
};

/** Nobody has a taste and no item a quality: P(click) is σ(−ln 3) = 1/4 at the top, 1/8 below it. */
const flat = { base: -Math.log(3), taste: 0, quality: 0, feedback: 0, saturation: 0 };
const tiny = {
  world: { ...flat, users: 1, items: 3, positionBias: 1 },
  requests: 10,
  candidates: 3,
  k: 2,
};

describe('a life in the world', () => {
  it('earns what the world expects, whatever is clicked', () => {
    const life = lifeOf(chance, tiny, 4);
    for (const value of [...life.earned, ...life.best]) expect(value).toBeCloseTo(0.375, 12);
    expect([...life.earlier]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(life.exposure.reduce((sum, n) => sum + n, 0)).toBe(20);
  });

  it('is told of each slate after it was decided, and is the same again', () => {
    const told: string[] = [];
    const spy: Contender = {
      ...chance,
      create: () => ({
        policy: {
          name: 'spy',
          version: 0,
          scores: ({ candidates }) => {
            told.push('decide');
            return new Float64Array(candidates.length);
          },
        },
        learn: ({ items }) => told.push(`learn ${items.length}`),
      }),
    };
    const life = lifeOf(spy, { ...tiny, requests: 2 }, 4);
    expect(told).toEqual(['decide', 'learn 2', 'decide', 'learn 2']);
    expect(lifeOf(chance, { ...tiny, requests: 2 }, 4)).toEqual(life);
  });

  it('is better for a policy that learns, in a world with tastes', () => {
    const kind = learningPolicies.get('factorization-adagrad')!;
    const learner: Contender = {
      ...chance,
      create: () => {
        const policy = kind.create();
        return { policy, learn: (example) => policy.learn(example) };
      },
    };
    const size = { world: {}, requests: 600, candidates: 20, k: 3 };
    const [own, base] = [learner, chance].map((one) => lifeOf(one, size, 1));
    const rows = rowsOf('x', [own!], [base!]);
    const ratio = rows.find(({ metric, span }) => metric === 'reward / uniform' && span === 'all');
    expect(ratio!.value).toBeGreaterThan(1.28);
  });
});

describe('what lives come to', () => {
  const life = (earned: number[], exposure: number[]): Life => ({
    earned: Float64Array.from(earned),
    best: new Float64Array(earned.length).fill(2),
    earlier: Int32Array.from(earned, (_, i) => i + 2),
    exposure,
  });
  const lives = [life([0, 1, 1, 2, 2], [3, 1, 0, 0]), life([0, 0, 1, 1, 1], [1, 1, 1, 1])];
  const chances = [life([1, 1, 1, 1, 1], [1, 1, 1, 1]), life([1, 0, 1, 0, 0], [1, 1, 1, 1])];
  const rows = rowsOf('x', lives, chances);
  const figure = (metric: string, span = 'all') =>
    rows.find((row) => row.metric === metric && row.span === span)!;

  it.each([
    // Worlds of 6 and 3: 1.2 and 0.6 a request.
    ['reward', 'all', 0.9, 0.3],
    // 6 / 5 and 3 / 2.
    ['reward / uniform', 'all', 1.35, 0.15],
    ['cumulative reward', 'all', 4.5, 1.5],
    ['regret', 'all', 5.5, 1.5],
    // The first three requests have fewer than five before them: 2 / 3 and 1 / 3.
    ['reward, first 5', 'all', 0.5, 1 / 6],
    ['coverage', 'all', 0.75, 0.25],
    // Of 0, 0, 1, 3: (1 · 1 + 3 · 3) / (4 · 4) = 0.625, and 0.
    ['exposure Gini', 'all', 0.3125, 0.3125],
    // From index 2: 5 / 3 and 1.
    ['reward', 'last-half', 4 / 3, 1 / 3],
    ['reward / uniform', 'last-half', 7 / 3, 2 / 3],
    ['reward / best', 'last-half', 2 / 3, 1 / 6],
  ] as const)('%s, %s', (metric, span, value, standardError) => {
    const row = figure(metric, span);
    expect(row.value).toBeCloseTo(value, 12);
    expect(row.standardError).toBeCloseTo(standardError, 12);
  });

  it('has no standard error of one world', () => {
    expect(rowsOf('x', lives.slice(0, 1), chances)[0]).toEqual({
      model: 'x',
      metric: 'reward',
      span: 'all',
      value: 1.2,
    });
  });

  it('has converged once the moving level stays within 2 % of the final one', () => {
    const possible = [new Float64Array(6).fill(1)];
    // Levels of two: .5, .95, .99, 1, 1.
    const earned = [Float64Array.of(0, 1, 0.9, 1.08, 0.92, 1.08)];
    expect(convergence(earned, possible, 2)).toBe(4);
    expect(convergence([new Float64Array(6).fill(1)], possible, 2)).toBe(2);
    expect(convergence(earned, possible, 7)).toBeNaN();
    // Who earns nothing, or nothing any more, has come to no level.
    const none = [new Float64Array(6)];
    expect(convergence(none, possible, 2)).toBeNaN();
    expect(convergence([Float64Array.of(1, 1, 1, 1, 0, 0)], possible, 2)).toBeNaN();
    expect(convergence(none, none, 2)).toBeNaN();
    // A stretch where nothing could be earned is not within 2 % of anything.
    const late = [Float64Array.of(0, 0, 0, 1, 1, 1)];
    expect(convergence(late, late, 2)).toBe(4);
    // Two lives that make up for each other are level from the start.
    const lives = [Float64Array.of(0, 1, 0, 1), Float64Array.of(1, 0, 1, 0)];
    expect(convergence(lives, [possible[0]!, possible[0]!], 1)).toBe(1);
  });

  it('counts items never shown as taking nothing', () => {
    expect(gini([5, 5, 5])).toBe(0);
    expect(gini([0, 0, 0, 8])).toBe(0.75);
    expect(gini([0, 0])).toBe(0);
  });
});
