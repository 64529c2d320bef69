import { describe, expect, it } from '@jest/globals';
import { epsilonGreedy, logOf } from '../../../models/bandit/greedy.ts';
import { cholesky, Ridge } from '../../../models/bandit/linear/ridge.ts';
import { squareCbProbabilities } from '../../../models/bandit/linear/square-cb.ts';
import { linearThompson, thompsonDraws } from '../../../models/bandit/linear/thompson.ts';
import { slateProbabilities, toProbabilities } from '../../../models/exploration.ts';
import { normal } from '../../../models/normal.ts';
import { Random } from '../../../models/random.ts';
import {
  firstProbabilities,
  propensitiesOf,
  type SlateDistribution,
  slateDistribution,
} from '../../../models/slate-distribution.ts';
import { newUser } from '../../../models/user/track.ts';

const WIDTH = 4;

/** Observations of a linear truth with noise. */
function observed(n: number) {
  const random = new Random(5);
  const truth = [0.5, -1, 0.25, 2];
  return Array.from({ length: n }, () => {
    const x = Float64Array.from({ length: WIDTH }, () => normal(random));
    const reward = x.reduce((sum, value, i) => sum + value * truth[i]!, 0) + 0.1 * normal(random);
    return { x, reward, weight: random.next() };
  });
}

describe('Ridge', () => {
  const data = observed(60);
  const ridge = new Ridge(WIDTH, 2);
  for (const { x, reward, weight } of data) ridge.learn(x, reward, weight);

  it('is the solution of the normal equations, its inverse that of the design matrix', () => {
    const A = Float64Array.from({ length: WIDTH * WIDTH }, (_, at) => (at % (WIDTH + 1) ? 0 : 2));
    const b = new Float64Array(WIDTH);
    for (const { x, reward, weight } of data) {
      for (let i = 0; i < WIDTH; i++) {
        b[i]! += weight * reward * x[i]!;
        for (let j = 0; j < WIDTH; j++) A[i * WIDTH + j]! += weight * x[i]! * x[j]!;
      }
    }
    for (let i = 0; i < WIDTH; i++) {
      let left = 0;
      for (let j = 0; j < WIDTH; j++) {
        left += A[i * WIDTH + j]! * ridge.weights[j]!;
        let entry = 0;
        for (let f = 0; f < WIDTH; f++) {
          entry += A[i * WIDTH + f]! * ridge.inverse[f * WIDTH + j]!;
        }
        expect(entry).toBeCloseTo(i === j ? 1 : 0, 10);
      }
      expect(left).toBeCloseTo(b[i]!, 10);
    }
  });

  it('is less unsure where it has looked', () => {
    const one = new Ridge(2);
    expect(one.std(Float64Array.of(3, 4))).toBeCloseTo(5, 12);
    one.learn(Float64Array.of(1, 0), 1, 1);
    expect(one.std(Float64Array.of(1, 0))).toBeCloseTo(Math.sqrt(0.5), 12);
    expect(one.std(Float64Array.of(0, 1))).toBe(1);
    expect(one.predict(Float64Array.of(1, 0))).toBeCloseTo(0.5, 12);
  });

  it('factors its inverse for draws', () => {
    const L = cholesky(ridge.inverse, WIDTH);
    for (let i = 0; i < WIDTH; i++) {
      for (let j = 0; j < WIDTH; j++) {
        let entry = 0;
        for (let f = 0; f < WIDTH; f++) entry += L[i * WIDTH + f]! * L[j * WIDTH + f]!;
        expect(entry).toBeCloseTo(ridge.inverse[i * WIDTH + j]!, 12);
      }
    }
  });
});

describe('ε-greedy slates', () => {
  it('are ε-greedy at each position', () => {
    const p = epsilonGreedy([0.1, 0.9, 0.5, 0.2], 2, 0.2);
    const [first, second] = slateProbabilities(p, [1, 2]);
    expect(first).toBeCloseTo(0.8 + 0.2 / 4, 12);
    expect(second).toBeCloseTo(0.8 + 0.2 / 3, 12);
    expect(p[0]).toBeCloseTo(p[3]!, 15);
    expect(p.reduce((sum, one) => sum + one)).toBeCloseTo(1, 12);
  });

  it('for one item: 1 − ε + ε / n, and ε / n for the others', () => {
    const p = epsilonGreedy([0.1, 0.9, 0.5, 0.2], 1, 0.2);
    expect([...p].map((one) => one.toFixed(12))).toEqual(
      [0.05, 0.85, 0.05, 0.05].map((one) => one.toFixed(12)),
    );
    expect([...epsilonGreedy([3], 1, 0.2)]).toEqual([1]);
    expect([...epsilonGreedy([], 1, 0.2)]).toEqual([]);
  });

  it('come back from their scores', () => {
    const p = epsilonGreedy([1, 2, 3, 4, 5], 3, 0.1);
    for (const [i, one] of toProbabilities(logOf(p)).entries()) expect(one).toBeCloseTo(p[i]!, 12);
  });
});

describe('Thompson sampling', () => {
  it('shows an item as often as it is best by the posterior, which two arms have in closed form', () => {
    const ridge = new Ridge(2);
    const [one, other] = [Float64Array.of(1, 0), Float64Array.of(0, 1)];
    for (let i = 0; i < 3; i++) ridge.learn(one, 0.4, 1);
    ridge.learn(other, 0.3, 1);
    // θ = (1.2 / 4, 0.3 / 2), A⁻¹ = diag(1/4, 1/2), v = 0.3; the gap is N(0.15, 0.09 · 0.75).
    const gap = 0.15 / Math.sqrt(0.09 * 0.75);
    expect(gap).toBeCloseTo(0.57735, 5);
    const best = 0.71814; // Φ(0.57735)
    const draws = 20_000;
    const components = thompsonDraws(ridge, [one, other], 1, new Random(3), draws);
    const p = [0, 1].map((i) => components.reduce((sum, own) => sum + own[i]! / draws, 0));
    const expected = 0.025 + 0.95 * best; // ε = 0.05
    const deviation = 0.95 * Math.sqrt((best * (1 - best)) / draws);
    expect(Math.abs(p[0]! - expected)).toBeLessThan(4 * deviation);
    expect(p[0]! + p[1]!).toBeCloseTo(1, 12);
  });
});

describe('Thompson sampling of slates', () => {
  // Two twins that share a weight, and two that share another: the best two by one draw of θ̃ are twins.
  const rows = [
    [1, 0.01, 0],
    [1, 0, 0],
    [0, 0, 1],
    [0, 0.01, 1],
  ].map((row) => Float64Array.from(row));
  const ridge = new Ridge(3);
  const pairOf = ([a, b]: readonly number[]) => [a!, b!].toSorted().join();

  it('shows pairs as often as one draw of the weights has them on top', () => {
    const random = new Random(5);
    const runs = 20_000;
    const top = new Map<string, number>();
    for (let i = 0; i < runs; i++) {
      const weights = [0, 1, 2].map(() => normal(random)); // A⁻¹ is the identity
      const values = rows.map((row) => row.reduce((sum, x, f) => sum + x * weights[f]!, 0));
      const order = [0, 1, 2, 3].sort((a, b) => values[b]! - values[a]!);
      const pair = pairOf(order);
      top.set(pair, (top.get(pair) ?? 0) + 1 / runs);
    }
    expect(top.get('0,1')).toBeCloseTo(0.5, 1);

    const components = thompsonDraws(ridge, rows, 2, new Random(9), 4_000);
    const shown = (distribution: SlateDistribution) => {
      const pairs = new Map<string, number>();
      for (const a of [0, 1, 2, 3]) {
        for (const b of [0, 1, 2, 3].filter((one) => one !== a)) {
          const p = propensitiesOf(distribution, [a, b]).reduce((product, one) => product * one, 1);
          pairs.set(pairOf([a, b]), (pairs.get(pairOf([a, b])) ?? 0) + p);
        }
      }
      return pairs;
    };
    const whole = components as [Float64Array, ...Float64Array[]];
    const pairs = shown({ scores: new Float64Array(4), components: whole });
    // ε = .05 at each of two positions, for three and four items: .9625 · .9667 of the draws as they are.
    const kept = (1 - 0.05 + 0.05 / 4) * (1 - 0.05 + 0.05 / 3);
    for (const pair of ['0,1', '2,3']) {
      expect(pairs.get(pair)).toBeGreaterThan(kept * (top.get(pair) ?? 0) - 0.03);
    }
    expect([...pairs.values()].reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 10);
    // One Plackett–Luce of the same first position breaks the twins up.
    const mean = whole[0].map((_, i) => components.reduce((sum, p) => sum + p[i]! / 4_000, 0));
    const broken = shown({ scores: new Float64Array(4), components: [mean] });
    expect(broken.get('0,1')!).toBeLessThan(0.25);
  });

  it('is served so: the policy gives one set of scores for each draw, the same for a context', () => {
    const policy = linearThompson.create();
    const state = newUser('u');
    const candidates = ['a', 'b', 'c'].map((itemId) => ({ itemId, groups: [], similarity: 0.1 }));
    const context = { at: 5, k: 2, state, candidates };
    const { scores, components } = slateDistribution(policy, context, { floor: 0.1 });
    expect(components.length).toBeGreaterThan(50);
    expect(slateDistribution(policy, context, { floor: 0.1 }).components).toEqual(components);
    const first = firstProbabilities({ scores, components });
    const alone = toProbabilities(scores, { floor: 0.1 });
    for (const [i, p] of first.entries()) expect(p).toBeCloseTo(alone[i]!, 10);
  });
});

describe('SquareCB', () => {
  it('weighs inversely by the gap, worked out by hand', () => {
    const p = squareCbProbabilities([0.5, 0.3, 0.1], 1, 10);
    expect(p[1]).toBeCloseTo(1 / (3 + 10 * 0.2), 12);
    expect(p[2]).toBeCloseTo(1 / (3 + 10 * 0.4), 12);
    expect(p[0]).toBeCloseTo(1 - 1 / 5 - 1 / 7, 12);
  });

  it('does the same at the second position, among what is left', () => {
    const p = squareCbProbabilities([0.5, 0.3, 0.1, 0], 2, 10);
    const [, second] = slateProbabilities(p, [0, 1]);
    expect(second).toBeCloseTo(1 - 1 / (3 + 10 * 0.2) - 1 / (3 + 10 * 0.3), 12);
    expect(p[2]! / p[3]!).toBeCloseTo((3 + 10 * 0.3) / (3 + 10 * 0.2), 12);
  });

  it('is uniform without evidence, and greedy with much', () => {
    for (const p of squareCbProbabilities([1, 1, 1, 1], 1, 50)) expect(p).toBeCloseTo(0.25, 12);
    expect(squareCbProbabilities([0, 1, 0], 1, 1e9)[1]).toBeGreaterThan(1 - 1e-8);
  });
});

describe('normal draws', () => {
  it('have mean 0, variance 1, and the tails of the bell', () => {
    const random = new Random(2);
    const draws = Array.from({ length: 20_000 }, () => normal(random));
    const mean = draws.reduce((sum, z) => sum + z) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(draws.length));
    const square = draws.reduce((sum, z) => sum + z * z, 0) / draws.length;
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / draws.length));
    const beyond = draws.filter((z) => Math.abs(z) > 1.96).length / draws.length;
    expect(Math.abs(beyond - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / draws.length));
  });
});
