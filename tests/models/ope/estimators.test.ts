// Off-policy estimators on four rounds worked out by hand, and their expectations by enumeration.

import { describe, expect, it } from '@jest/globals';
import { mean } from '../../../models/moments.ts';
import { estimatorNamed, estimators, families } from '../../../models/ope/estimators.ts';
import { estimateOf, influenceOf, type ModelledRounds } from '../../../models/ope/rounds.ts';

const columns = (values: number[]) => Float64Array.from(values);

const four: ModelledRounds = {
  weights: columns([2, 0.5, 1, 0]),
  rewards: columns([1, 0, 1, 1]),
  predicted: columns([0.5, 0.25, 0.5, 0.5]),
  expected: columns([0.5, 0.5, 0.25, 0.75]),
};

const named = (name: string) => estimatorNamed(name)!;
const value = (name: string, rounds = four) => estimateOf(named(name).terms(rounds));

describe('on four rounds', () => {
  // w r = 2, 0, 1, 0; w (r − q) = 1, −0.125, 0.5, 0.
  it.each([
    ['ipw', 3 / 4],
    ['snipw', 3 / 3.5],
    ['clipped-ipw(1)', (1 + 0 + 1) / 4],
    ['sg-ipw(0.5)', (4 / 3 + 0 + 1) / 4],
    ['dm', 2 / 4],
    ['dr', 0.5 + 1.375 / 4],
    ['sndr', 0.5 + 1.375 / 3.5],
    // The weight 2 is above λ, the weight 1 is not.
    ['switch-dr(1)', 0.5 + (-0.125 + 0.5) / 4],
    // w / (w² + 1) = 0.4, 0.4, 0.5, 0 on r − q = 0.5, −0.25, 0.5, 0.5.
    ['dr-os(1)', 0.5 + (0.2 - 0.1 + 0.25) / 4],
    // w / (0.5 + 0.5 w) = 4/3, 2/3, 1, 0.
    ['sg-dr(0.5)', 0.5 + (2 / 3 - 1 / 6 + 0.5) / 4],
  ])('%s is %d', (name, expected) => {
    expect(value(name)).toBeCloseTo(expected, 14);
  });

  it.each([...estimators, ...families.map((one) => one.at(0.5))])(
    '$name: the mean of the influence is the estimate',
    ({ terms }) => {
      expect(mean(influenceOf(terms(four)))).toBeCloseTo(estimateOf(terms(four)), 14);
    },
  );

  it('has the limits of the literature', () => {
    expect(value('clipped-ipw(2)')).toBe(value('ipw'));
    expect(value('switch-dr(2)')).toBe(value('dr'));
    expect(value('switch-dr(0)')).toBe(value('dm'));
    expect(value('dr-os(0)')).toBe(value('dm'));
    expect(value('dr-os(1e12)')).toBeCloseTo(value('dr'), 10);
    expect(value('sg-dr(0)')).toBe(value('dr'));
  });

  it('leaves the log untouched', () => {
    const before = structuredClone(four);
    for (const name of ['ipw', 'snipw', 'dr', 'sndr', 'switch-dr(1)', 'dr-os(1)']) value(name);
    expect(four).toEqual(before);
  });

  it('knows no other names', () => {
    expect(estimatorNamed('magic')).toBeUndefined();
    expect(estimatorNamed('magic(2)')).toBeUndefined();
  });

  it('is NaN where it would divide by a weight of nothing', () => {
    expect(value('snipw', { ...four, weights: columns([0, 0, 0, 0]) })).toBeNaN();
  });
});

describe('in expectation over every outcome of one round', () => {
  const contexts = [0.3, 0.7];
  const logging = [
    [0.2, 0.5, 0.3],
    [0.6, 0.3, 0.1],
  ];
  const target = [
    [0.7, 0.1, 0.2],
    [0.1, 0.1, 0.8],
  ];
  const rewards = [
    [0.1, 0.4, 0.9],
    [0.5, 0.2, 0.3],
  ];
  const wrong = [
    [0.8, 0.1, 0.3],
    [0.0, 0.9, 0.6],
  ];
  const at = (table: number[][], x: number, a: number) => table[x]![a]!;
  const truth = total((x, a) => at(target, x, a) * at(rewards, x, a));

  function total(of: (x: number, a: number) => number): number {
    let sum = 0;
    for (const [x, p] of contexts.entries()) for (const a of [0, 1, 2]) sum += p * of(x, a);
    return sum;
  }

  /** E₀ of an estimate from one round, with reward model `model` and propensities off by `slip`. */
  function expectation(name: string, model = wrong, slip = 1): number {
    return total((x, a) => {
      const p = at(rewards, x, a);
      const given = (reward: number) =>
        value(name, {
          weights: columns([at(target, x, a) / (at(logging, x, a) * slip)]),
          rewards: columns([reward]),
          predicted: columns([at(model, x, a)]),
          expected: columns([
            [0, 1, 2].reduce((e, b) => e + at(target, x, b) * at(model, x, b), 0),
          ]),
        });
      return at(logging, x, a) * (p * given(1) + (1 - p) * given(0));
    });
  }

  it.each(['ipw', 'dr', 'switch-dr(100)', 'sg-dr(0)', 'sg-ipw(0)'])('%s is unbiased', (name) => {
    expect(expectation(name)).toBeCloseTo(truth, 14);
  });

  it('dr needs only one of model and propensities, ipw the propensities, dm the model', () => {
    expect(expectation('dr', rewards, 2)).toBeCloseTo(truth, 14);
    expect(expectation('dm', rewards, 2)).toBeCloseTo(truth, 14);
    expect(expectation('ipw', rewards, 2)).toBeCloseTo(truth / 2, 14);
    expect(Math.abs(expectation('dm') - truth)).toBeGreaterThan(0.05);
    expect(Math.abs(expectation('dr', wrong, 2) - truth)).toBeGreaterThan(0.02);
  });

  it.each(['clipped-ipw(1)', 'switch-dr(1)', 'dr-os(1)', 'sg-dr(0.5)'])('%s is biased', (name) => {
    expect(Math.abs(expectation(name) - truth)).toBeGreaterThan(0.02);
  });

  it.each(families)(
    '$name: the ladder begins at the unbiased estimate, and leaves it',
    (family) => {
      const [first, ...rest] = family.ladder(2).map((lambda) => value(family.at(lambda).name));
      const unbiased = value(family.name.endsWith('dr') || family.name === 'dr-os' ? 'dr' : 'ipw');
      expect(first).toBeCloseTo(unbiased, 2);
      expect(Math.abs(rest.at(-1)! - unbiased)).toBeGreaterThan(0.01);
    },
  );
});
