import { describe, expect, it } from '@jest/globals';
import { Random } from '../../models/random.ts';
import { Columns } from '../../models/sequence/columns.ts';
import { ConditionalLogit } from '../../models/sequence/conditional-logit.ts';
import { Histories } from '../../models/sequence/histories.ts';
import { NextItem } from '../../models/sequence/next-item.ts';

const ITEMS = 400;

/** Users who like one item after another, mostly the next but a few. */
function walks(n: number): { userId: string; item: number; liked: boolean }[] {
  const random = new Random(6);
  const at = new Map<string, number>();
  return Array.from({ length: n }, () => {
    const userId = `u${random.below(30)}`;
    const item = ((at.get(userId) ?? random.below(ITEMS)) + 1 + random.below(3)) % ITEMS;
    at.set(userId, item);
    return { userId, item, liked: random.next() < 0.8 };
  });
}

function known(next: NextItem): NextItem {
  for (let item = 0; item < ITEMS; item++) next.learn('all', item, false, [item % 7]);
  return next;
}

function learn(next: NextItem, n: number): NextItem {
  for (const { userId, item, liked } of walks(n)) {
    const targets = liked ? [{ itemId: `${item}`, item }] : [];
    const choices = next.choiceSet(userId, targets);
    if (choices !== null) next.learnWeights(choices);
    else if (next.isLarge) next.learnSampled(userId, targets);
    next.learn(userId, item, liked, [item % 7]);
  }
  return next;
}

describe('a large catalogue', () => {
  it('has the same columns for some items as for all', () => {
    const next = learn(known(new NextItem()), 2000);
    const likes = next.histories.lastLikes('u3', 50);
    const sample = new Set([5, 100, 399]);
    next.columns.collect(likes, sample);
    const items = Int32Array.from(sample);
    const some = next.columns.some(items, likes);
    const all = next.columns.fill(likes);
    for (const [f, column] of some.entries()) {
      for (const [i, item] of items.entries()) {
        expect(column[i]).toBeCloseTo(all[f]![item]!, 10);
      }
    }
    // What was not collected has no pair with the likes.
    for (let item = 0; item < ITEMS; item++) {
      if (!sample.has(item)) expect([all[0]![item], all[3]![item]]).toEqual([0, 0]);
    }
  });

  it('is not ranked, and teaches weights that rank about as well', () => {
    const exact = learn(known(new NextItem()), 4000);
    const sampled = learn(known(new NextItem(new Columns(), new Histories(), 100)), 4000);
    expect(sampled.isLarge).toBe(true);
    expect(sampled.choiceSet('u1', [{ itemId: '1', item: 1 }])).toBeNull();
    expect([...sampled.logit.weights]).not.toEqual([...new NextItem().logit.weights]);
    const mean = (next: NextItem) => {
      // The tail of a longer walk: what comes after, ranked by either's weights.
      const ranks = walks(4200)
        .slice(4000)
        .filter(({ liked }) => liked)
        .map(({ userId, item }) => {
          const scores = next.scores(userId);
          return scores.filter((score) => score > scores[item]!).length;
        });
      return ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
    };
    expect(mean(sampled)).toBeLessThan(mean(exact) * 1.1);
  });

  it('draws the same sample again', () => {
    const make = () => learn(known(new NextItem(new Columns(), new Histories(), 100)), 500);
    expect(make().logit.weights).toEqual(make().logit.weights);
  });

  it('weighs a sampled candidate by how many it stands for', () => {
    // Two candidates, the second for three: P = (e², 3 e⁰) / (e² + 3), moments over four.
    const logit = new ConditionalLogit([1], 0.1);
    const column = [Float64Array.of(2, 0)];
    const scored = logit.score(column, new Float64Array(2), 2, Float64Array.of(1, 3));
    const std = Math.sqrt(4 / 4 - (2 / 4) ** 2);
    expect(scored.candidates).toBe(4);
    expect(scored.inverse[0]).toBeCloseTo(1 / std, 12);
    expect(scored.scores[1]).toBeCloseTo(Math.log(3), 12);
    const e = Math.exp(2 / std);
    const expected = ((2 * e) / (e + 3) - 2) / std;
    expect(logit.gradient(column, scored, [0])[0]).toBeCloseTo(expected, 12);
  });
});
