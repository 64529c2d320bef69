import { describe, expect, it } from '@jest/globals';
import { figuresOf, meanRows } from '../../../models/evaluation/choice-figures.ts';
import { contextOf, drawnSlates, loggedSlate } from '../../../models/evaluation/head-lessons.ts';
import {
  type Choice,
  choicesOf,
  mostRated,
  type Rated,
} from '../../../models/evaluation/next-liked.ts';
import type { HeadTransition } from '../../../models/llm/head.ts';
import { HeadTrainer } from '../../../models/llm/head-trainer.ts';
import { Random } from '../../../models/random.ts';

/** Users who rate every third item or so, liking half of it; item i has about 40 − i ratings. */
const ratings: Rated[] = Array.from({ length: 40 }, (_, u) => u)
  .flatMap((u) =>
    Array.from({ length: 30 }, (_, i) => i)
      .filter((i) => i < 40 - u && (i * 7 + u) % 3 !== 0)
      .map((i) => ({
        userId: `u${u}`,
        itemId: `i${i}`,
        at: i * 1000 + u,
        liked: (i + u) % 2 === 0,
      })),
  )
  .sort((a, b) => a.at - b.at);
const options = { seed: 4, catalogue: 25, candidates: 6, window: 20, fewest: 2, most: 3 };

describe('choices of the next liked', () => {
  const choices = choicesOf(ratings, options);
  const all = [...choices.values()].flat();

  it('have one liked item, and others the user never rated, of the catalogue', () => {
    const catalogue = new Set(mostRated(ratings, 25));
    expect(all.length).toBeGreaterThan(20);
    for (const { userId, candidates, liked, history, at } of all) {
      const own = new Map(
        ratings.filter((one) => one.userId === userId).map((one) => [one.itemId, one]),
      );
      expect(new Set(candidates).size).toBe(6);
      expect(candidates.every((itemId) => catalogue.has(itemId))).toBe(true);
      expect(candidates.filter((itemId) => own.has(itemId))).toEqual([candidates[liked]]);
      expect(own.get(candidates[liked]!)).toMatchObject({ liked: true, at });
      expect(history.length).toBeGreaterThanOrEqual(2);
      expect(history.every((itemId) => own.get(itemId)!.liked && own.get(itemId)!.at < at)).toBe(
        true,
      );
    }
  });

  it('are a function of the seed, and no more of a user than asked for', () => {
    expect(choicesOf(ratings, options)).toEqual(choices);
    expect(choicesOf(ratings, { ...options, seed: 5 })).not.toEqual(choices);
    expect(Math.max(...[...choices.values()].map(({ length }) => length))).toBe(3);
  });

  it('hold the liked one at any place', () => {
    expect(new Set(all.map(({ liked }) => liked)).size).toBe(6);
  });
});

const choice = (liked: number): Choice => ({
  userId: 'u',
  at: 5,
  history: ['a', 'none'],
  candidates: ['b', 'c', 'd', 'e', 'f', 'g', 'h'],
  liked,
});

describe('figures of choices', () => {
  it('are those worked out by hand', () => {
    const scores = [7, 6, 5, 4, 3, 2, 1];
    const figures = figuresOf([choice(1), choice(6)], () => scores);
    expect(figures).toEqual({
      n: 2,
      'NDCG@10': expect.closeTo((1 / Math.log2(3) + 1 / Math.log2(8)) / 2, 12),
      AUC: expect.closeTo((5 / 6 + 0) / 2, 12),
      reward: 0.5,
    });
    expect(figuresOf([choice(2)], () => Array(7).fill(0)).AUC).toBe(0.5);
    // The fifth place is of the slate, the sixth is not.
    const rewards = [4, 5].map((liked) => figuresOf([choice(liked)], () => scores).reward);
    expect(rewards).toEqual([1, 0]);
  });

  it('are means over seeds with their standard error', () => {
    expect(meanRows('m', [{ AUC: 0.5 }, { AUC: 0.6 }, { AUC: 0.7 }])).toEqual([
      {
        model: 'm',
        metric: 'AUC',
        span: 'all',
        value: expect.closeTo(0.6, 12),
        standardError: expect.closeTo(0.1 / Math.sqrt(3), 12),
      },
    ]);
  });
});

describe('what a head learns of a choice', () => {
  const vectors = new Map(
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id, i) => [
      id,
      Float32Array.of(Math.cos(i), Math.sin(i)),
    ]),
  );
  const space = { width: 2, vectors };
  const options = { width: 2, rank: 1, columns: 0, seed: 1 } as const;

  it('is the log: the liked one alone, before the others', () => {
    const { rows, rewards, propensities, copies, profile } = loggedSlate(choice(2), space);
    expect([...profile]).toEqual([1, 0]);
    const [x, y] = vectors.get('d')!;
    expect([...rows.subarray(0, 3)]).toEqual([x, y, x]);
    expect(rows).toHaveLength(21);
    expect([[...rewards], [...propensities], copies.length]).toEqual([[1], [1], 7]);
  });

  it('or a slate it drew, worth what the rank of the liked one is worth', () => {
    const trainer = new HeadTrainer({ ...options, algorithm: 'ppo' });
    const own = contextOf(choice(2), space);
    let found = 0;
    for (let seed = 0; seed < 20; seed++) {
      const [slate] = drawnSlates(trainer, choice(2), space, { k: 3, n: 1 }, new Random(seed)) as [
        HeadTransition,
      ];
      expect(slate.propensities).toHaveLength(3);
      const at = slate.rewards.findIndex((reward) => reward > 0);
      if (at < 0) continue;
      found += 1;
      expect(slate.rewards[at]).toBeCloseTo(1 / Math.log2(2 + at), 12);
      // The rewarded row is that of the liked item.
      expect([...slate.rows.subarray(at * 3, at * 3 + 3)]).toEqual([...own.rows.subarray(6, 9)]);
    }
    expect(found).toBeGreaterThan(0);
  });
});
