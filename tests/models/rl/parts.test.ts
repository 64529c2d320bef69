import { describe, expect, it } from '@jest/globals';
import { featuresOf, WIDTH } from '../../../models/bandit/features.ts';
import { slateProbabilities, toProbabilities } from '../../../models/exploration.ts';
import { ItemCounts } from '../../../models/item-counts.ts';
import { Adam } from '../../../models/rl/adam.ts';
import { dpoObjective, pairsOf } from '../../../models/rl/dpo.ts';
import { Episodes } from '../../../models/rl/episodes.ts';
import { groupAdvantages } from '../../../models/rl/grpo.ts';
import { type Step, stepsOf, temporalErrors, vTrace } from '../../../models/rl/returns.ts';
import { FLOOR, logPropensities, scoreOf, slatePolicy } from '../../../models/rl/slate-policy.ts';
import {
  firstPosition,
  packEpisodes,
  type Transition,
  transitionOf,
  unpackEpisodes,
} from '../../../models/rl/transition.ts';
import { live } from '../../../models/world/live.ts';
import { World } from '../../../models/world/world.ts';
import { madeTransition, theta } from './made.ts';

const close = (values: ArrayLike<number>) =>
  Array.from(values, (value) => expect.closeTo(value, 10));

describe('π of a slate', () => {
  it('is what the exploration draws with', () => {
    const transition = madeTransition(7);
    const scores = Float64Array.from({ length: 7 }, (_, i) => scoreOf(theta, transition.rows, i));
    const p = toProbabilities(scores, { floor: FLOOR });
    const policy = slatePolicy(theta, transition);
    expect([...policy.p]).toEqual(close(p));
    const logged = slateProbabilities(p, [0, 1, 2]);
    expect([...logPropensities(policy, transition).map(Math.exp)]).toEqual(close(logged));
  });

  it('stands for several alike by one', () => {
    const one = madeTransition(4, [1, 0], 3);
    const row = (i: number) => one.rows.subarray(i * WIDTH, (i + 1) * WIDTH);
    const places = [0, 1, 2, 2, 2, 3, 3, 3];
    const all = {
      ...one,
      rows: Float64Array.from(places.flatMap((i) => [...row(i)])),
      copies: new Float64Array(8).fill(1),
    };
    const logs = logPropensities(slatePolicy(theta, all), all);
    expect([...logPropensities(slatePolicy(theta, one), one)]).toEqual(close(logs));
  });
});

describe('a transition', () => {
  const uneven = {
    name: 'uneven',
    version: 0,
    scores: () => Float64Array.of(0, 1, 2, -1, 0.5, 1.5),
  };
  const [served] = live(new World(), uneven, {
    requests: 1,
    candidates: 6,
  });
  const { examples, probabilities, context } = served!;
  const [example] = examples;

  it('has the shown first, then the others, with what was logged', () => {
    const transition = transitionOf(example!, new ItemCounts());
    const ids = [...example!.items, ...example!.unshown].map(({ itemId }) => itemId);
    expect([...ids].sort()).toEqual(context.candidates.map(({ itemId }) => itemId).sort());
    expect([...transition.propensities]).toEqual(
      example!.items.map(({ propensity }) => propensity),
    );
    const first = featuresOf(context.state, example!.items[0]!, new ItemCounts());
    expect(transition.rows.subarray(0, WIDTH)).toEqual(first);
    const half = { ...example!, unshown: example!.unshown.slice(0, 1) };
    expect([...transitionOf(half, new ItemCounts()).copies]).toEqual([1, 1, 1, 3]);
  });

  it('finds first-position probabilities in the logged ones', () => {
    const logged = example!.items.map(({ propensity }) => propensity);
    const ids = context.candidates.map(({ itemId }) => itemId);
    const shown = example!.items.map(({ itemId }) => probabilities[ids.indexOf(itemId)]!);
    expect([...firstPosition(logged)]).toEqual(close(shown));
  });

  it('is an order of the shown where the others are unknown', () => {
    const known = { ...example!, unshown: [] };
    const logged = firstPosition(example!.items.map(({ propensity }) => propensity));
    const total = logged.reduce((sum, p) => sum + p);
    const among = slateProbabilities(
      logged.map((p) => p / total),
      [0, 1, 2],
    );
    expect([...transitionOf(known, new ItemCounts()).propensities]).toEqual(close(among));
  });

  it('comes back from numbers', () => {
    const episodes = [
      [madeTransition(5), madeTransition(3, [1])],
      [],
      [madeTransition(4, [0, 0], 2)],
    ];
    const { users, sizes, numbers } = packEpisodes(episodes);
    expect(unpackEpisodes(users, sizes, numbers)).toEqual(episodes);
  });
});

describe('episodes', () => {
  const at = (userId: string, minute: number): Transition => ({
    ...madeTransition(3),
    userId,
    at: minute * 60_000,
  });

  it('end by a pause of their user, or by the time that passes for others', () => {
    const episodes = new Episodes(30 * 60_000);
    const [a, b, c] = [at('a', 0), at('b', 20), at('a', 30)];
    expect(episodes.add(a)).toEqual([]);
    expect(episodes.add(b)).toEqual([]);
    expect(episodes.add(c)).toEqual([]);
    expect(episodes.add(at('c', 55))).toEqual([[b]]);
    expect(episodes.add(at('a', 61))).toEqual([[a, c]]);
    expect(episodes.open).toHaveLength(2);
  });

  it('end at fifty transitions', () => {
    const episodes = new Episodes(30 * 60_000);
    const closed = Array.from({ length: 101 }, (_, i) => episodes.add(at('a', i))).flat();
    expect(closed.map(({ length }) => length)).toEqual([50, 50]);
  });

  it('are groups of one moment without a gap', () => {
    const groups = new Episodes(0);
    const closed = [at('a', 1), at('a', 1), at('a', 1), at('a', 2), at('b', 2), at('b', 3)];
    expect(closed.flatMap((one) => groups.add(one)).map(({ length }) => length)).toEqual([3, 1, 1]);
  });
});

describe('rewards to come', () => {
  const step = (
    reward: number,
    discount: number,
    value: number,
    rest: Partial<Step> = {},
  ): Step => ({
    ...{ reward, discount, value, moment: new Float64Array(0), weight: 1, ratio: 1 },
    ...rest,
  });
  const steps = [step(1, 1, 0.5), step(0, 0.5, 0.25), step(2, 0, 1)];

  it('have one-step errors, weighed by how sure the answer is, worked out by hand', () => {
    expect([...temporalErrors(steps)]).toEqual([1 + 0.25 - 0.5, 0.5 * 1 - 0.25, 1]);
    const unsure = [steps[0]!, step(0, 0.5, 0.25, { weight: 0.2 }), step(2, 0, 1, { weight: 0 })];
    expect([...temporalErrors(unsure)]).toEqual([0.75, expect.closeTo(0.05, 12), 0]);
  });

  it('of the own log are returns less values at λ = 1, one-step errors at λ = 0, GAE between', () => {
    // Returns 2, 1 and 2: 1 + 1 · 1, 0 + .5 · 2, 2.
    expect([...vTrace(steps, 1).advantages]).toEqual([1.5, 0.75, 1]);
    expect([...vTrace(steps, 1).targets]).toEqual([2, 1, 2]);
    expect([...vTrace(steps, 0).advantages]).toEqual([...temporalErrors(steps)]);
    expect([...vTrace(steps, 0.5).advantages]).toEqual([0.75 + 0.5 * 0.5, 0.25 + 0.5 * 0.5 * 1, 1]);
  });

  it('of another log count as far as the policy would have gone there, by hand', () => {
    const other = steps.map((one, i) => ({ ...one, ratio: [4, 0.5, 0.25][i]! }));
    // Δ₃ = .25 · 1; A₂ = .25 + .5 · .25, Δ₂ = .5 A₂; A₁ = .75 + Δ₂, Δ₁ = A₁, for 4 counts as 1.
    const { advantages, targets } = vTrace(other, 1);
    expect([...advantages]).toEqual([0.9375, 0.375, 1]);
    expect([...targets]).toEqual([0.5 + 0.9375, 0.25 + 0.1875, 1 + 0.25]);
  });

  it('of a log that chose at random are those of the policy, in the mean over the log', () => {
    // Two steps, two choices each: the reward is 1 where both are 1. π chooses 1 with .2, μ with .5. The
    // critic knows nothing, so the target of the first step is its value under min(1, π / μ) μ, not μ.
    const [pi, mu] = [0.2, 0.5];
    const p = (choice: number, of: number) => (choice === 1 ? of : 1 - of);
    let [mean, plain] = [0, 0];
    for (const first of [0, 1]) {
      for (const second of [0, 1]) {
        const path = [first, second].map((choice, i) =>
          step(i === 1 ? first * second : 0, i === 0 ? 1 : 0, 0, {
            ratio: p(choice, pi) / p(choice, mu),
          }),
        );
        const chance = p(first, mu) * p(second, mu);
        mean += chance * vTrace(path, 1).targets[0]!;
        plain +=
          chance *
          vTrace(
            path.map((one) => ({ ...one, ratio: 1 })),
            1,
          ).targets[0]!;
      }
    }
    expect(plain).toBeCloseTo(0.25, 12);
    expect(mean).toBeCloseTo(0.04, 12);
  });

  it('are valued by the mean candidate, each as often as it stands for, and what is left to fill', () => {
    const transition = madeTransition(5, [1, 0], 3); // two shown, three that stand for nine
    const [first, second] = stepsOf([transition], new Float64Array(WIDTH + 1), 0.9);
    for (let f = 0; f < WIDTH; f++) {
      const of = (i: number) => transition.rows[i * WIDTH + f]!;
      expect(first!.moment[f]).toBeCloseTo((of(0) + of(1) + 3 * (of(2) + of(3) + of(4))) / 11, 12);
    }
    expect([first!.moment[WIDTH], second!.moment[WIDTH]]).toEqual([0.2, 0.1]);
  });

  it('discount after a slate and end with the session', () => {
    const session = [madeTransition(5), madeTransition(4, [1, 1])];
    const discounts = stepsOf(session, new Float64Array(WIDTH + 1), 0.9);
    expect(discounts.map(({ discount }) => discount)).toEqual([1, 1, 0.9, 1, 0]);
  });
});

describe('comparisons', () => {
  it('of a group are in standard deviations from its mean', () => {
    const group = [
      [1, 1],
      [1, 0],
      [0, 0],
      [1, 0],
    ].map((rewards) => ({ ...madeTransition(4, rewards), weights: Float64Array.of(1, 1) }));
    expect(groupAdvantages(group)).toEqual(close([Math.SQRT2, 0, -Math.SQRT2, 0]));
    expect(groupAdvantages([madeTransition(3)])).toEqual([0]);
  });

  it('of DPO are held against the policy before it learned, whoever served the pair and however', () => {
    const transitions = [madeTransition(5), madeTransition(4, [0, 1])];
    const reference = theta.map((value) => value / 2);
    const pairs = transitions.flatMap((one) => pairsOf(one));
    // −log σ(0) a pair, by its weight, for the policy that has not moved.
    const weight = transitions.reduce((sum, one) => {
      const of = ([w, l]: [number, number]) => Math.min(one.weights[w]!, one.weights[l]!);
      return sum + pairsOf(one).reduce((all, pair) => all + of(pair), 0);
    }, 0);
    expect(pairs.length).toBeGreaterThan(2);
    expect(dpoObjective(reference, reference, transitions).value).toBeCloseTo(
      -weight * Math.log(2),
      12,
    );
    // A floor, a temperature or another policy gives other propensities, and the same loss.
    const otherwise = transitions.map((one) => ({
      ...one,
      propensities: one.propensities.map((p) => 0.5 * p ** 2 + 0.1),
    }));
    expect(dpoObjective(theta, reference, otherwise)).toEqual(
      dpoObjective(theta, reference, transitions),
    );
  });

  it('of an impression are with what stands above, and next below', () => {
    const pairs = (rewards: number[]) => pairsOf(madeTransition(6, rewards));
    expect(pairs([0, 1, 0, 0])).toEqual([
      [1, 0],
      [1, 2],
    ]);
    expect(pairs([1, 0, 0])).toEqual([[0, 1]]);
    expect(pairs([0, 0])).toEqual([]);
    expect(pairs([1, 1])).toEqual([]);
  });
});

describe('Adam', () => {
  it('steps by the rate at first, whatever the size of the gradient, and goes on after saving', () => {
    const adam = new Adam(2);
    adam.ascend(Float64Array.of(1000, -0.001), 0.1);
    expect([...adam.weights]).toEqual([expect.closeTo(0.1, 5), expect.closeTo(-0.1, 5)]);
    const loaded = new Adam(2, adam.save());
    for (const one of [adam, loaded]) one.ascend(Float64Array.of(3, 4), 0.1);
    expect(loaded.save()).toEqual(adam.save());
  });
});
