import { describe, expect, it } from '@jest/globals';
import { rankOf } from '../../models/metrics/ranking.ts';
import { ConditionalLogit, NO_CANDIDATE } from '../../models/sequence/conditional-logit.ts';
import { Covisitation } from '../../models/sequence/covisitation.ts';
import { GroupAffinity } from '../../models/sequence/groups.ts';
import { NextItem } from '../../models/sequence/next-item.ts';
import { FadingPopularity } from '../../models/sequence/popularity.ts';

function neighbours(covisitation: Covisitation, item: number, items: number): number[] {
  const scores = new Float64Array(items);
  covisitation.addNeighbours(item, 1, scores);
  return [...scores];
}

describe('Covisitation', () => {
  it('pairs a like with the earlier ones, both ways, the nearer weighing more', () => {
    const pairs = new Covisitation({ window: 2, falloff: 1 });
    pairs.learn(3, [0, 1, 2]); // 2 is one like back, 1 is two; 0 is beyond the window
    expect(neighbours(pairs, 3, 4)).toEqual([0, 0.5, 1, 0]);
    expect(neighbours(pairs, 1, 4)).toEqual([0, 0, 0, 0.5]);
    expect(neighbours(pairs, 0, 4)).toEqual([0, 0, 0, 0]);
    pairs.learn(3, [2]);
    expect(neighbours(pairs, 2, 4)).toEqual([0, 0, 0, 2]);
  });

  it('follows one way: what came before leads to what came after', () => {
    const after = new Covisitation({ window: 2, falloff: 1 });
    after.follow(3, [0, 1, 2, 3]);
    expect(neighbours(after, 2, 4)).toEqual([0, 0, 0, 0.5]);
    expect(neighbours(after, 3, 4)).toEqual([0, 0, 0, 0]);
    expect(neighbours(after, 1, 4)).toEqual([0, 0, 0, 0]); // three back, the item itself between
  });

  it('never pairs an item with itself', () => {
    const pairs = new Covisitation();
    pairs.learn(1, [1, 1]);
    expect(neighbours(pairs, 1, 2)).toEqual([0, 0]);
  });

  it('keeps a bounded list, giving up the lightest', () => {
    const pairs = new Covisitation({ neighbours: 3 });
    for (const [other, times] of [
      [1, 3],
      [2, 1],
      [3, 2],
      [4, 1],
    ] as const) {
      for (let i = 0; i < times; i++) pairs.learn(0, [other]);
    }
    expect(neighbours(pairs, 0, 5)).toEqual([0, 3, 0, 2, 1]);
  });

  it('is the same after flatten and restore', () => {
    const pairs = new Covisitation({ neighbours: 4 });
    for (let i = 0; i < 50; i++) pairs.learn((i * 7) % 10, [(i * 3) % 10, (i * 5) % 10]);
    const copy = new Covisitation({ neighbours: 4 });
    copy.restore(pairs.flatten(10));
    pairs.learn(2, [9, 8]);
    copy.learn(2, [9, 8]);
    expect(copy.flatten(10)).toEqual(pairs.flatten(10));
  });
});

describe('FadingPopularity', () => {
  it('halves a like over 4000 events', () => {
    const popularity = new FadingPopularity(4000);
    popularity.learn(0, true, true);
    const start = Math.exp(popularity.log(0));
    expect(start).toBeCloseTo(1.1, 9); // one like, and the tenth every item starts with
    for (let i = 0; i < 4000; i++) popularity.learn(1, i === 0, true);
    expect(Math.exp(popularity.log(0))).toBeCloseTo(0.55, 9);
  });
});

describe('GroupAffinity', () => {
  it('weighs the groups of the last likes by how common they are', () => {
    const groups = new GroupAffinity();
    groups.add(0, [0]);
    groups.add(1, [0, 1]);
    groups.add(2, [1]);
    groups.add(3, []);
    for (const [item, likes] of [6, 2, 2].entries()) groups.like(item, likes);
    // Group 0 has 8 of 10 likes, group 1 has 4. Last likes: 2, then 1 half as heavy as the newest.
    const column = new Float64Array(4);
    groups.fill(column, [1, 2], 0.5);
    const zero = Math.log1p(0.5 / 1.5 / (0.8 + 1e-4));
    const one = Math.log1p(1.5 / 1.5 / (0.4 + 1e-4));
    for (const [item, expected] of [zero, (zero + one) / Math.SQRT2, one, 0].entries()) {
      expect(column[item]).toBeCloseTo(expected, 12);
    }
  });

  it('is the same after save, once the likes are told', () => {
    const groups = new GroupAffinity();
    for (let item = 0; item < 6; item++) {
      groups.add(item, [item % 3, 3].slice(item % 2));
      groups.like(item, item);
    }
    const copy = new GroupAffinity(groups.save(6));
    for (let item = 0; item < 6; item++) copy.like(item, item);
    const [one, other] = [new Float64Array(6), new Float64Array(6)];
    groups.fill(one, [1, 4, 5], 0.7);
    copy.fill(other, [1, 4, 5], 0.7);
    expect(other).toEqual(one);
  });
});

describe('ConditionalLogit', () => {
  it('standardises over the candidates alone and steps by the gradient', () => {
    const logit = new ConditionalLogit([2], 0.1);
    const columns = [Float64Array.of(1, 3, 100)];
    const scored = logit.score(columns, Float64Array.of(0, 0, NO_CANDIDATE), 3);
    // Deviation of 1 and 3 is 1; the third is no candidate.
    expect([...scored.scores]).toEqual([2, 6, NO_CANDIDATE]);
    expect(scored.candidates).toBe(2);
    const p = 1 / (1 + Math.exp(-4)); // of the second
    const expected = 1 * (1 - p) + 3 * p - 1;
    expect(logit.gradient(columns, scored, [0])[0]).toBeCloseTo(expected, 12);
    logit.learn(columns, scored, [0]);
    expect(logit.weights[0]).toBeCloseTo(2 - (0.1 * expected) / Math.sqrt(1 + expected ** 2), 12);
  });
});

/** Users 0 … 9 like the chain 0, 1, 2, … from their own number on; odd items are also disliked. */
function chains(): NextItem {
  const next = new NextItem();
  for (let item = 0; item < 20; item++) next.learn('first', item, item % 3 !== 0);
  for (let user = 0; user < 10; user++) {
    for (let step = 0; step < 8; step++) next.learn(`u${user}`, user + step, true);
  }
  return next;
}
const target = (item: number) => ({ itemId: `i${item}`, item });

describe('NextItem', () => {
  it('ranks nothing for few likes, the unknown, or what was seen', () => {
    const next = chains();
    expect(next.choiceSet('nobody', [target(3)])).toBeNull();
    expect(next.choiceSet('u0', [])).toBeNull();
    expect(next.choiceSet('u0', [target(-1), target(0), target(7)])).toBeNull();
    for (let i = 0; i < 4; i++) next.learn('four', i, true);
    expect(next.choiceSet('four', [target(9)])).toBeNull();
    next.learn('four', 4, true);
    expect(next.choiceSet('four', [target(9)])).not.toBeNull();
  });

  it('ranks among all items seen so far, less the history, and popularity by count', () => {
    const next = chains();
    const choices = next.choiceSet('u0', [target(8), target(7), target(19)])!;
    const ranks = next.rank(choices);
    expect(ranks.map(({ itemId }) => itemId)).toEqual(['i8', 'i19']); // 7 is in the history
    expect(ranks[0]!.candidates).toBe(12); // 20 items less 0 … 7
    const open = [...choices.scores].map((score) => (score === -Infinity ? Number.NaN : score));
    expect(ranks[0]!.rank).toEqual(rankOf(open, 8));
    // Likes of 8 … 19 by the chains, and by `first` where not a multiple of 3.
    const likes = Array.from({ length: 20 }, (_, item) => {
      const users = Array.from({ length: 10 }, (_, u) => u).filter(
        (u) => item >= u && item < u + 8,
      );
      return item < 8 ? Number.NaN : users.length + (item % 3 === 0 ? 0 : 1);
    });
    expect(ranks[0]!.popularity).toEqual(rankOf(likes, 8));
    expect(ranks[1]!.popularity).toEqual(rankOf(likes, 19));
  });

  it('puts what is liked together ahead, and steps towards what was liked', () => {
    const next = chains();
    const liked = [target(8)];
    const choices = next.choiceSet('u0', liked)!;
    expect(next.rank(choices)[0]!.rank.first).toBeLessThanOrEqual(2);
    const chance = () => {
      const { scores } = next.choiceSet('u0', [target(19)])!;
      const weights = [...scores].map(Math.exp);
      return weights[19]! / weights.reduce((sum, weight) => sum + weight);
    };
    const before = chance();
    for (let i = 0; i < 20; i++) next.learnWeights(next.choiceSet('u0', [target(19)])!);
    expect(chance()).toBeGreaterThan(before);
  });

  it('takes the same step by a sample that is the whole catalogue', () => {
    const [exact, sampled] = [chains(), chains()];
    for (const item of [8, 19, 12]) {
      exact.learnWeights(exact.choiceSet('u0', [target(item)])!);
      sampled.learnSampled('u0', [target(item)]);
    }
    for (const [i, weight] of exact.logit.weights.entries()) {
      expect(sampled.logit.weights[i]).toBeCloseTo(weight, 9);
    }
    expect([...exact.logit.weights]).not.toEqual([...chains().logit.weights]);
  });

  it('finds items near the likes', () => {
    expect(chains().near([5, 6, 7])).toContain(8);
    expect(chains().near([])).toEqual([]);
    expect([...chains().byDecayedCount()]).toHaveLength(20);
  });
});
