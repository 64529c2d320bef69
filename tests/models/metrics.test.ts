import { describe, expect, it } from '@jest/globals';
import { auc } from '../../models/metrics/auc.ts';
import { brier } from '../../models/metrics/brier.ts';
import { calibrationError } from '../../models/metrics/calibration-error.ts';
import { listNdcg } from '../../models/metrics/graded.ts';
import { kendall } from '../../models/metrics/kendall.ts';
import { logLoss } from '../../models/metrics/log-loss.ts';
import { hitRate, meanRank, ndcg, rankOf, reciprocalRank } from '../../models/metrics/ranking.ts';
import { wasserstein } from '../../models/metrics/wasserstein.ts';
import { squaresOf, squaresWith, standardError, variance } from '../../models/moments.ts';

const dcg = (n: number) =>
  Array.from({ length: n }, (_, i) => 1 / Math.log2(2 + i)).reduce((sum, one) => sum + one, 0);

describe('auc', () => {
  it('counts the pairs in order, ties half', () => {
    // Pairs (positive, negative): .9>.4 .9>.5 .5>.4 .5=.5 → 3.5 of 4.
    expect(auc([0.9, 0.5, 0.5, 0.4], [1, 1, 0, 0])).toBeCloseTo(3.5 / 4, 12);
  });

  it('is what counting every pair says', () => {
    const scores = [3, 1, 2, 2, 5, 4, 2, 1];
    const labels = [true, false, true, false, false, true, true, false];
    let wins = 0;
    let pairs = 0;
    for (const [i, positive] of labels.entries()) {
      for (const [j, other] of labels.entries()) {
        if (!positive || other) continue;
        pairs += 1;
        wins += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
      }
    }
    expect(auc(scores, labels)).toBeCloseTo(wins / pairs, 12);
  });

  it('is NaN with one class', () => {
    expect(auc([1, 2], [1, 1])).toBeNaN();
  });
});

describe('logLoss', () => {
  it('is the mean of −ln of what happened, clipped', () => {
    expect(logLoss([0.5, 0.25], [1, 0])).toBeCloseTo((Math.LN2 - Math.log(0.75)) / 2, 12);
    expect(logLoss([0], [1])).toBeCloseTo(-Math.log(1e-6), 9);
  });
});

describe('ranks', () => {
  it('is 1 + better, with the number of ties', () => {
    expect(rankOf([5, 3, 3, 3, 1], 2)).toEqual({ first: 2, ties: 2 });
    expect(meanRank({ first: 2, ties: 2 })).toBe(3);
    expect(rankOf([5, Number.NaN, 7], 0)).toEqual({ first: 2, ties: 0 });
    expect(rankOf([5, 5, 5], 1, 3, (item) => item === 0)).toEqual({ first: 1, ties: 1 });
  });

  it('is last without a score, among others without one', () => {
    expect(rankOf([0.3, 0.2, -Infinity, NaN, NaN], 4)).toEqual({ first: 4, ties: 1 });
    expect(ndcg(rankOf(new Array(1000).fill(NaN), 7))).toBeCloseTo(dcg(10) / 1000, 12);
  });

  it('is worth 1 / log2(1 + rank) within k', () => {
    const at = (first: number) => ({ first, ties: 0 });
    expect(ndcg(at(1))).toBe(1);
    expect(ndcg(at(3))).toBe(0.5);
    expect(ndcg(at(11))).toBe(0);
    expect(hitRate(at(10))).toBe(1);
    expect(hitRate(at(11))).toBe(0);
    expect(reciprocalRank(at(4))).toBe(0.25);
  });

  it('is worth the mean over the ranks of a tie', () => {
    expect(ndcg({ first: 1, ties: 1 })).toBeCloseTo((1 + 1 / Math.log2(3)) / 2, 12);
    expect(ndcg({ first: 9, ties: 3 })).toBeCloseTo((dcg(10) - dcg(8)) / 4, 12);
    expect(hitRate({ first: 9, ties: 3 })).toBe(0.5);
    expect(reciprocalRank({ first: 2, ties: 1 })).toBeCloseTo((1 / 2 + 1 / 3) / 2, 12);
    const all = Array.from({ length: 5000 }, (_, i) => 1 / (i + 3));
    const sum = all.reduce((total, one) => total + one, 0);
    expect(reciprocalRank({ first: 3, ties: 4999 })).toBeCloseTo(sum / 5000, 14);
  });
});

describe('listNdcg', () => {
  it('gives a list with one relevant item what its rank is worth', () => {
    for (const scores of [[0.1, 0.9, 0.5], new Array(20).fill(0.5), [1, 1, 0, 1]]) {
      const labels = scores.map((_, i) => i === 1);
      expect(listNdcg(scores, labels)).toBeCloseTo(ndcg(rankOf(scores, 1)), 12);
    }
  });

  it('comes to an end with scores that are NaN, which rank last', () => {
    expect(listNdcg([0.1, NaN, 0.3], [1, 0, 1])).toBe(1);
    expect(listNdcg([NaN, NaN, 0.3], [1, 0, 0])).toBeCloseTo((1 / Math.log2(3) + 0.5) / 2, 12);
  });

  it('takes grades as gains, linear as they are', () => {
    // Gains 3, 0, 2 in this order, the best 3, 2, 0.
    const best = 3 + 2 / Math.log2(3);
    expect(listNdcg([9, 8, 7], [3, 0, 2])).toBeCloseTo((3 + 2 / 2) / best, 12);
    expect(listNdcg([9, 8, 7], [7, 0, 3])).toBeCloseTo((7 + 3 / 2) / (7 + 3 / Math.log2(3)), 12);
    expect(listNdcg([9, 8, 7], [3, 0, 2], 1)).toBe(1);
  });

  it('is NaN where there is nothing to gain, or a gain is none', () => {
    expect(listNdcg([1, 2], [0, 0])).toBeNaN();
    expect(listNdcg([1, 2], [1, -1])).toBeNaN();
    expect(listNdcg([1, 2], [1, NaN])).toBeNaN();
    expect(listNdcg([], [])).toBeNaN();
  });
});

describe('a figure of what is no number', () => {
  it('is as if NaN were below every score, or no number itself', () => {
    expect(auc([NaN, NaN, NaN, NaN], [1, 0, 1, 0])).toBe(0.5);
    expect(auc([NaN, 0.5, 0.6, 0.7], [1, 0, 0, 0])).toBe(0);
    expect(auc([-Infinity, NaN], [1, 0])).toBe(1);
    expect(logLoss([NaN, 0.5], [1, 0])).toBeNaN();
    expect(brier([NaN, 0.5], [1, 0])).toBeNaN();
    expect(calibrationError([NaN, 0.5, 0.1], [1, 0, 1])).toBeNaN();
    expect(kendall([1, NaN], [1, 2])).toBeNaN();
    expect(wasserstein([1, NaN], [1, 2])).toBeNaN();
  });

  it('is none for grades where yes or no is asked', () => {
    expect(auc([0.1, 0.2, 0.3], [0, 3, 5])).toBeNaN();
    // −(.75 ln .5 + .25 ln .5).
    expect(logLoss([0.5], [0.75])).toBeCloseTo(Math.LN2, 12);
  });
});

describe('spreads', () => {
  it('do not cancel', () => {
    expect(variance([1e9, 1e9 + 1, 1e9 + 2])).toBe(1);
    expect(standardError([1e9, 1e9 + 1, 1e9 + 2])).toBeCloseTo(Math.sqrt(1 / 3), 12);
    expect(variance([1])).toBeNaN();
  });

  it('do not cancel when values come one by one', () => {
    let [n, sum, squares] = [0, 0, 0];
    for (let i = 0; i < 1000; i++) {
      const value = 1e9 + (i % 3);
      squares = squaresWith(n, sum, squares, value);
      [n, sum] = [n + 1, sum + value];
    }
    // Of 0, 1, 2 in turn: 2/3 a value, less what the thousandth adds.
    expect(squares).toBeCloseTo(666.999, 3);
    expect(squaresOf(3, 6, 14)).toBe(2);
    expect(squaresOf(0, 0, 0)).toBe(0);
  });
});
