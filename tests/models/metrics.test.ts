import { describe, expect, it } from '@jest/globals';
import { auc } from '../../models/metrics/auc.ts';
import { logLoss } from '../../models/metrics/log-loss.ts';
import { hitRate, midRank, ndcg } from '../../models/metrics/ranking.ts';

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
  it('is 1 + better + tied / 2', () => {
    expect(midRank([5, 3, 3, 3, 1], 2)).toBe(3);
    expect(midRank([5, Number.NaN, 7], 0)).toBe(2);
  });

  it('is worth 1 / log2(1 + rank) within k', () => {
    expect(ndcg(1)).toBe(1);
    expect(ndcg(3)).toBe(0.5);
    expect(ndcg(10.5)).toBe(0);
    expect(hitRate(10)).toBe(1);
    expect(hitRate(11)).toBe(0);
  });
});
