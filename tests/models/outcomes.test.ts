// Real and simulated outcomes of one slate: each item has its own, and a person's comes first.
import { describe, expect, it } from '@jest/globals';
import { answeredExample } from '../../models/attribution.ts';
import { RateBaseline } from '../../models/baseline/rate.ts';
import { ExperimentState } from '../../models/experiment/experiment-state.ts';
import { ItemCounts } from '../../models/item-counts.ts';
import { rankTargets } from '../../models/learner.ts';
import { itemsJudged, realItems, weightOf } from '../../models/outcomes.ts';
import { transitionOf } from '../../models/rl/transition.ts';
import { newUser } from '../../models/user/track.ts';
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { Click } from '../../schemas/topics/clicks.ts';

const slate = loggedImpression(
  {
    ...{ impressionId: 'i', userId: 'u', at: 1_000, servedBy: 'served', variant: 'new' },
    ...{ variants: ['new', 'old'], propensitySource: 'drawn' },
  },
  ['a', 'b', 'c'].map((itemId) => ({
    ...{ itemId, propensity: 0.5, targetPropensities: [0.5, 0.25] },
  })),
);

const answer = (itemId: string, rest: Partial<Click> = {}) =>
  loggedClick({
    ...{ clickId: `${itemId}-${rest.source}`, impressionId: 'i', userId: 'u', itemId, at: 1_001 },
    ...rest,
  });
const simulated = (itemId: string, positive: boolean, confidence: number) =>
  answer(itemId, { source: 'simulated', positive, value: positive ? 1 : 0, confidence });

const exampleOf = (...clicks: Click[]) =>
  answeredExample(
    slate,
    newUser('u'),
    slate.items.map(() => []),
    clicks,
  );
const outcomesOf = (...clicks: Click[]) =>
  exampleOf(...clicks).items.map(({ positive, reward, source, confidence }) => ({
    ...{ positive, reward, source, confidence },
  }));

const passedBy = { positive: false, reward: 0, source: 'logged', confidence: 1 };

describe('the outcomes of a slate', () => {
  it('keep a like that a simulator denies, whichever came first', () => {
    const real = answer('a', { value: 4 });
    const denied = simulated('a', false, 0.3);
    for (const clicks of [
      [real, denied],
      [denied, real],
    ]) {
      expect(outcomesOf(...clicks)[0]).toEqual({
        ...{ positive: true, reward: 4, source: 'logged', confidence: 1 },
      });
    }
  });

  it('leave a like out that only a simulator gave to an item that a person disliked', () => {
    const disliked = answer('a', { positive: false, value: 0 });
    expect(outcomesOf(disliked, simulated('a', true, 0.9))[0]).toEqual(passedBy);
  });

  it('have each the source and confidence of their own', () => {
    expect(outcomesOf(answer('a'), simulated('b', true, 0.6))).toEqual([
      { positive: true, reward: 1, source: 'logged', confidence: 1 },
      { positive: true, reward: 1, source: 'simulated', confidence: 0.6 },
      passedBy,
    ]);
    const { source, confidence } = exampleOf(answer('a'), simulated('b', true, 0.6));
    expect([source, confidence]).toEqual(['logged', 1]);
  });

  it('are all simulated where nobody else answered, and all real where nobody did', () => {
    const missed = { positive: false, reward: 0, source: 'simulated', confidence: 0.2 };
    expect(outcomesOf(simulated('a', true, 0.7), simulated('b', false, 0.2))).toEqual([
      { positive: true, reward: 1, source: 'simulated', confidence: 0.7 },
      missed,
      missed,
    ]);
    expect(exampleOf(simulated('a', true, 0.7), simulated('b', false, 0.2))).toMatchObject({
      ...{ source: 'simulated', confidence: 0.2 },
    });
    expect(outcomesOf()).toEqual([passedBy, passedBy, passedBy]);
  });

  it('in records from before items had a source follow the slate', () => {
    const known = exampleOf(simulated('a', true, 0.7));
    const items = known.items.map((item) => ({ ...item, source: null, confidence: null }));
    const old = { ...known, items };
    expect(realItems(old)).toEqual([]);
    expect(weightOf(old, items[0]!)).toBe(0.7);
    expect(weightOf({ confidence: Number.NaN }, items[0]!)).toBe(0);
  });
});

describe('what is counted of a slate with both', () => {
  // a: liked by a person; b: liked by a simulator without weight; c: by one with a weight of .5.
  const mixed = exampleOf(answer('a'), simulated('b', true, 0), simulated('c', true, 0.5));

  it('for real is what people answered', () => {
    const counts = new ItemCounts();
    counts.learn(mixed);
    expect(['a', 'b', 'c'].map((item) => counts.impressions(item))).toEqual([1, 0, 0]);
    expect(rankTargets(mixed)).toEqual(['a']);
    const rate = new RateBaseline();
    rate.learn(mixed);
    expect(rate.predict(mixed)[0]).toBe(2 / 3); // (1 + 1) / (1 + 2)
    expect(itemsJudged(mixed, 'logged').map(({ itemId }) => itemId)).toEqual(['a']);
  });

  it('as simulated needs a weight, and teaches by it', () => {
    expect(itemsJudged(mixed, 'simulated').map(({ itemId }) => itemId)).toEqual(['c']);
    expect([...transitionOf(mixed, new ItemCounts()).weights]).toEqual([1, 0, 0.5]);
  });

  it('in an experiment is one kind or the other, for as much of the slate as it is', () => {
    for (const [outcomes, reward] of [
      ['logged', 1],
      ['simulated', 1],
    ] as const) {
      const state = new ExperimentState({ outcomes });
      state.remember(mixed);
      state.see(mixed, true);
      const [users, y, n] = state.save().arms[0]!.sums;
      expect([users, y]).toEqual([1, reward]);
      expect(n).toBeCloseTo(1 / 3, 12);
    }
    // Off-policy: the weight of the one judged item is .25 / .5 for `old`, over three items.
    const state = new ExperimentState();
    state.remember(mixed);
    state.seeOffPolicy(mixed, 'old', 'new');
    const [, y, n] = state.save().arms[0]!.sums;
    expect([y, n]).toEqual([0.5, 0.5 / 3]);
  });

  it('without weight is nothing at all', () => {
    const weightless = exampleOf(simulated('a', true, 0), simulated('b', true, 0));
    for (const outcomes of ['logged', 'simulated'] as const) {
      const state = new ExperimentState({ outcomes });
      state.remember(weightless);
      state.see(weightless, true);
      state.seeOffPolicy(weightless, 'old', 'new');
      expect(state.save().arms.map(({ sums }) => sums[0])).toEqual([0, 0]);
    }
  });
});

it('an item twice in a slate is answered by a person and a simulator at the same place', () => {
  const twice = loggedImpression({ impressionId: 'i', userId: 'u', at: 1_000 }, [
    { itemId: 'a' },
    { itemId: 'a' },
  ]);
  const both = [answer('a'), simulated('a', false, 0.5), answer('a', { clickId: 'again' })];
  const { items } = answeredExample(twice, newUser('u'), [[], []], both);
  expect(items.map(({ positive, source }) => [positive, source])).toEqual([
    [true, 'logged'],
    [true, 'logged'],
  ]);
});
