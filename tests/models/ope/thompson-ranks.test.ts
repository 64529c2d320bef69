// What Thompson sampling shows at each position, against values by hand and against draws.
import { describe, expect, it } from '@jest/globals';
import { btsPriors } from '../../../datasets/open-bandit-prior.ts';
import { thompsonRanks } from '../../../models/ope/thompson-ranks.ts';
import { Random } from '../../../models/random.ts';

describe('ranks of Thompson sampling', () => {
  it('of two items, by hand', () => {
    // P(X > U) = E X for a uniform U: 2/5.
    const [first, second] = thompsonRanks(
      [
        { alpha: 2, beta: 3 },
        { alpha: 1, beta: 1 },
      ],
      2,
    );
    expect(first![0]).toBeCloseTo(0.4, 7);
    expect(first![1]).toBeCloseTo(0.6, 7);
    expect(second![0]).toBeCloseTo(0.6, 7);
  });

  it('of equal items are equal', () => {
    const table = thompsonRanks(new Array(5).fill({ alpha: 7, beta: 900 }), 3);
    for (const p of table.flat()) expect(p).toBeCloseTo(0.2, 10);
  });

  it('agree with draws', () => {
    // α and β are whole: a Beta draw is an order statistic of uniforms.
    const rates = [
      [1, 4],
      [2, 2],
      [3, 6],
      [1, 9],
    ].map(([alpha = 1, beta = 1]) => ({ alpha, beta }));
    const table = thompsonRanks(rates, 3);
    const random = new Random(412_077);
    const draws = 40_000;
    const counts = rates.map(() => [0, 0, 0]);
    for (let n = 0; n < draws; n++) {
      const drawn = rates.map(({ alpha, beta }, i) => {
        const uniforms = Array.from({ length: alpha + beta - 1 }, () => random.next());
        return { i, rate: uniforms.sort((a, b) => a - b)[alpha - 1]! };
      });
      drawn.sort((a, b) => b.rate - a.rate);
      for (let r = 0; r < 3; r++) counts[drawn[r]!.i]![r]! += 1;
    }
    for (const [i, row] of table.entries()) {
      for (const [r, p] of row.entries()) {
        const error = Math.sqrt((p * (1 - p)) / draws);
        expect(Math.abs(counts[i]![r]! / draws - p)).toBeLessThan(4.5 * error);
      }
    }
  });

  it('sum to 1 at each position in every campaign of Open Bandit', () => {
    for (const [campaign, priors] of btsPriors) {
      const table = thompsonRanks(
        priors.map(([alpha, beta]) => ({ alpha, beta })),
        3,
      );
      expect([campaign, table.length]).toEqual([
        campaign,
        { all: 80, men: 34, women: 46 }[campaign],
      ]);
      for (let r = 0; r < 3; r++) {
        expect(table.reduce((sum, row) => sum + row[r]!, 0)).toBeCloseTo(1, 12);
      }
    }
  });
});
