// Metrics of lists and of mean ranks, and the tables made of them, by hand.
import { describe, expect, it } from '@jest/globals';
import { Figures } from '../../models/evaluation/figures.ts';
import { midHit, midNdcg } from '../../models/metrics/ranking.ts';
import { recallOf, setNdcg, topItems } from '../../models/metrics/sets.ts';

describe('the best k', () => {
  it('takes the lower number of equal scores, and nothing without a score', () => {
    expect(topItems([1, 3, 2, 3, 2], 3)).toEqual([1, 3, 2]);
    expect(topItems([0, 0, 0, 0], 2)).toEqual([0, 1]);
    expect(topItems([Number.NaN, 1, Number.NEGATIVE_INFINITY, 2], 3)).toEqual([3, 1]);
    expect(topItems([Number.POSITIVE_INFINITY, 1], 1)).toEqual([0]);
  });

  it('leaves out what is no candidate', () => {
    expect(topItems([5, 4, 3, 2], 2, (item) => item < 2)).toEqual([2, 3]);
  });
});

describe('a list against a set', () => {
  const targets = new Set([7, 8, 9]);

  it('recall is the share of the targets in it', () => {
    expect(recallOf([1, 7, 9, 2], targets)).toBeCloseTo(2 / 3, 12);
    expect(recallOf([], targets)).toBe(0);
  });

  it('NDCG is measured by the best list of its length', () => {
    const best = 1 + 1 / Math.log2(3) + 1 / 2;
    expect(setNdcg([1, 7, 9], targets)).toBeCloseTo((1 / Math.log2(3) + 1 / 2) / best, 12);
    expect(setNdcg([7, 8, 9, 1], targets)).toBeCloseTo(1, 12);
    // Of three targets a list of two can hold two.
    expect(setNdcg([9, 7], targets, 2)).toBeCloseTo(1, 12);
    expect(setNdcg([7, 1, 9], targets, 2)).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 12);
  });
});

describe('a mean rank', () => {
  it('is a hit as a whole or not at all', () => {
    expect(midHit({ first: 1, ties: 1 }, 1)).toBe(0); // 1.5
    expect(midHit({ first: 9, ties: 2 })).toBe(1); // 10
    expect(midHit({ first: 9, ties: 3 })).toBe(0); // 10.5
    expect(midNdcg({ first: 2, ties: 2 })).toBeCloseTo(1 / 2, 12); // 3
    expect(midNdcg({ first: 10, ties: 1 })).toBe(0);
  });
});

describe('figures', () => {
  it('are means with standard errors over what was scored', () => {
    const figures = new Figures();
    for (const hit of [1, 0, 0, 1]) figures.add('a', { 'Recall@10': hit, 'NDCG@10': hit / 2 });
    figures.add('b', { 'Recall@10': 1 });
    expect(figures.rows()).toEqual([
      row('a', 'Recall@10', 0.5, Math.sqrt(1 / 3 / 4)),
      row('a', 'NDCG@10', 0.25, Math.sqrt(1 / 12 / 4)),
      row('b', 'Recall@10', 1),
    ]);
  });
});

function row(model: string, metric: string, value: number, standardError?: number) {
  const own = { model, metric, span: 'all', value } as const;
  return standardError === undefined ? own : { ...own, standardError };
}
