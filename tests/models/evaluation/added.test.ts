import { describe, expect, it } from '@jest/globals';
import { addedScores, LearnedSum } from '../../../models/evaluation/added.ts';
import { Random } from '../../../models/random.ts';

describe('a role beside the fast tier', () => {
  it('is added in standard deviations over the candidates, worked out by hand', () => {
    // Deviations 2 and 10.
    const sum = addedScores([1, 5, 1, 5], [0, 20, 20, 0], 0.5);
    expect([...sum]).toEqual([0.5, 3.5, 1.5, 2.5]);
    expect([...addedScores([1, 5, 1, 5], [3, 3, 3, 3], 0.5)]).toEqual([0.5, 2.5, 0.5, 2.5]);
  });

  it('is weighed by what choices say of it', () => {
    const random = new Random(3);
    const sum = new LearnedSum(2);
    const draw = () => {
      const [noise, told] = [0, 1].map(() => Float64Array.from({ length: 6 }, () => random.next()));
      const chosen = told!.indexOf(Math.max(...told!));
      return { columns: [noise!, told!], chosen };
    };
    const right = () => {
      const { columns, chosen } = draw();
      const scores = sum.scores(columns);
      return scores.indexOf(Math.max(...scores)) === chosen ? 1 : 0;
    };
    const share = () => Array.from({ length: 200 }, right).reduce<number>((a, b) => a + b, 0) / 200;
    const before = share();
    for (let n = 0; n < 3000; n++) {
      const { columns, chosen } = draw();
      sum.learn(columns, chosen);
    }
    expect(before).toBeLessThan(0.6);
    expect(share()).toBeGreaterThan(0.97);
  });
});
