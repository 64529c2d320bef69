import { describe, expect, it } from '@jest/globals';
import { ClickModel, type Row } from '../../models/bandit/millrace/click-model.ts';
import { DenseLogit } from '../../models/bandit/millrace/dense.ts';
import { EXPOSURE_FEATURES } from '../../models/bandit/millrace/exposure.ts';
import { Factors } from '../../models/bandit/millrace/factors.ts';
import { fillItem, ITEM_FEATURES } from '../../models/bandit/millrace/features/item.ts';
import { FEATURES, slateFeatures } from '../../models/bandit/millrace/features/slate.ts';
import { USER_FEATURES, viewUser } from '../../models/bandit/millrace/features/user.ts';
import { SparseLogit } from '../../models/bandit/millrace/sparse.ts';
import { Statistics } from '../../models/bandit/millrace/statistics.ts';
import { madeExamples } from '../support/examples.ts';

const loss = (z: number, label: 0 | 1) => Math.log1p(Math.exp(label === 1 ? -z : z));

/**
 * AdaGrad's first step is −rate · g / √(g² + 0.01), so the gradient behind it can be read off:
 * with s = step / rate, g = −0.1 s / √(1 − s²).
 */
function gradientOf(before: number, after: number, rate: number): number {
  const step = (after - before) / rate;
  return (-0.1 * step) / Math.sqrt(1 - step * step);
}

describe('gradients against finite differences', () => {
  it('of the factors: user, item and group rows', () => {
    const rate = 0.1;
    const [user, item, groups] = [11, 12, [13, 14]] as const;
    for (const row of [user, item, ...groups]) {
      for (const f of [0, 7]) {
        const factors = new Factors(6, 8, rate, 0.5);
        const place = row * factors.width + f;
        const start = factors.values[place]!;
        const at = (value: number) => {
          factors.values[place] = value;
          return loss(factors.logit(user, item, groups), 1);
        };
        const h = 2 ** -7;
        const numeric = (at(start + h) - at(start - h)) / (2 * h);
        factors.values[place] = start;
        const p = 1 / (1 + Math.exp(-factors.logit(user, item, groups)));
        factors.learn(user, item, groups, p - 1);
        expect(gradientOf(start, factors.values[place]!, rate)).toBeCloseTo(numeric, 4);
      }
    }
  });

  it('of the hashed weights', () => {
    const rate = 0.03;
    const sparse = new SparseLogit(6, rate);
    sparse.weights.set([0.3, -0.2, 0.5], 1);
    const hashes = [1, 2, 3];
    const at = (value: number) => {
      sparse.weights[2] = value;
      return loss(sparse.logit(hashes), 0);
    };
    const start = sparse.weights[2]!;
    const numeric = (at(start + 2 ** -7) - at(start - 2 ** -7)) * 2 ** 6;
    sparse.weights[2] = start;
    sparse.learn(hashes, 1 / (1 + Math.exp(-sparse.logit(hashes))));
    expect(gradientOf(start, sparse.weights[2]!, rate)).toBeCloseTo(numeric, 3);
  });
});

describe('DenseLogit', () => {
  it('takes the Kalman step, worked out by hand for one feature', () => {
    // Prior variance 0.5, x = 2, p = 0.5: information 1/4, xCx = 2, gain Cx = 1.
    const dense = new DenseLogit(1, { prior: 0.5, drift: 0.001 });
    dense.learn(Float64Array.of(2), 0.5, 1, 1);
    expect(dense.weights[0]).toBeCloseTo(0.5 / 1.5, 12);
    expect(dense.covariance[0]).toBeCloseTo(0.5 - (0.25 / 1.5) * 1 + 0.001 / 4, 12);
  });

  it('moves along the negative gradient: the loss falls', () => {
    const dense = new DenseLogit(3);
    const x = Float64Array.of(1, -2, 0.5);
    const before = loss(dense.logit(x), 1);
    dense.learn(x, 0.5, 1, 0.7);
    expect(loss(dense.logit(x), 1)).toBeLessThan(before);
  });

  it('learns nothing from a weight of 0', () => {
    const dense = new DenseLogit(2);
    const covariance = [...dense.covariance];
    dense.learn(Float64Array.of(1, 1), 0.5, 1, 0);
    expect([...dense.weights]).toEqual([0, 0]);
    expect([...dense.covariance]).toEqual(covariance);
  });
});

describe('ClickModel', () => {
  it('finds an interaction of user and item that neither shows alone', () => {
    const model = new ClickModel();
    const row = (user: number, item: number): Row => ({
      x: new Float64Array(FEATURES.length),
      from: 0,
      hashes: [user, item],
      user,
      item,
      groups: [],
    });
    for (let i = 0; i < 4000; i++) {
      const [user, item] = [i & 1, 2 + ((i >> 1) & 1)];
      model.learn(row(user, item), (user + item) % 2 === 0 ? 1 : 0, 1);
    }
    expect(model.probability(row(0, 2))).toBeGreaterThan(0.9);
    expect(model.probability(row(1, 3))).toBeGreaterThan(0.9);
    expect(model.probability(row(0, 3))).toBeLessThan(0.1);
    expect(model.probability(row(1, 2))).toBeLessThan(0.1);
  });

  it('has as many numbers in each part as the part has names', () => {
    const statistics = new Statistics();
    const made = madeExamples(30);
    for (const { userId, at, items } of made) statistics.learn(userId, at, items);
    const { state, at, items } = made.at(-1)!;
    const user = viewUser(state, at, statistics);
    expect(user.dense).toHaveLength(USER_FEATURES.length);
    const seen = items.find(({ itemId }) => statistics.items.find(itemId) >= 0)!;
    const room = ITEM_FEATURES.length + EXPOSURE_FEATURES.length;
    const x = new Float64Array(room + 2).fill(Number.NaN);
    fillItem(x, 1, user, { ...seen, itemId: 'never seen' }, statistics);
    const written = [...x.keys()].filter((i) => !Number.isNaN(x[i]));
    expect(written).toEqual(Array.from(ITEM_FEATURES, (_, i) => i + 1));
    fillItem(x, 1, user, seen, statistics);
    const last = [...x.keys()].filter((i) => !Number.isNaN(x[i])).at(-1);
    expect(last).toBe(room);
  });

  it('fills every feature with a bounded number', () => {
    const statistics = new Statistics();
    for (const { userId, at, items } of madeExamples(30)) statistics.learn(userId, at, items);
    const { state, at, items } = madeExamples(30).at(-1)!;
    const slate = slateFeatures(viewUser(state, at, statistics), items, items.length, statistics);
    expect(slate).toHaveLength(items.length * FEATURES.length);
    const x = slate.subarray(0, FEATURES.length);
    expect([...slate].every((value) => Math.abs(value) <= 8)).toBe(true);
    expect(x[FEATURES.indexOf('position')]).toBeCloseTo(items[0]!.position / 10);
    expect(x[FEATURES.indexOf('bias')]).toBe(1);
    expect(x[FEATURES.indexOf('similarity known')]).toBe(items[0]!.similarity === null ? 0 : 1);
  });
});
