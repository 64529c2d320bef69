// The difference of two variants judged by the same users: by hand, and against its spread over logs.
import { describe, expect, it } from '@jest/globals';
import { difference } from '../../../models/experiment/difference.ts';
import { ArmMoments, type UserTotals } from '../../../models/experiment/moments.ts';
import { CrossMoments, pairedDifference } from '../../../models/experiment/paired-difference.ts';
import { Random } from '../../../models/random.ts';

/** Sums of users, each with reward and slates under the candidate and under the incumbent. */
function sumsOf(users: readonly (readonly [number, number, number, number])[]) {
  const arms = [new ArmMoments(), new ArmMoments()] as const;
  const cross = new CrossMoments();
  for (const [y1, n1, y0, n0] of users) {
    const pair: readonly [UserTotals, UserTotals] = [
      { reward: y1, slates: n1, covariate: 0 },
      { reward: y0, slates: n0, covariate: 0 },
    ];
    for (const [i, arm] of arms.entries()) arm.replace(undefined, pair[i]!);
    cross.replace(undefined, pair);
  }
  return [...arms, cross] as const;
}

describe('the difference of pairs', () => {
  it('is worked out by hand', () => {
    // r₁ = 3/3, r₀ = 2/4; l₁ = 0, 1, −1 and l₀ = (½, −1, ½) / (4/3) = ⅜, −¾, ⅜.
    const [own, other, cross] = sumsOf([
      [1, 1, 1, 1],
      [2, 1, 0, 2],
      [0, 1, 1, 1],
    ]);
    const found = pairedDifference(own, other, cross, { least: 2 })!;
    expect(found.estimate).toBe(0.5);
    // l₁ − l₀ = −3/8, 7/4, −11/8: mean 0, variance (9 + 196 + 121) / 64 / 2, over three users.
    expect(found.standardError).toBeCloseTo(Math.sqrt(326 / 128 / 3), 12);
  });

  it('says nothing of two that are the same, whatever they earn', () => {
    const users = Array.from({ length: 80 }, (_, i) => [i % 3, 1.3, i % 3, 1.3] as const);
    expect(pairedDifference(...sumsOf(users))).toBeNull();
  });

  it('moves as a user comes again, to where it had been made anew', () => {
    const cross = new CrossMoments();
    const pair = (y: number, n: number): readonly [UserTotals, UserTotals] => [
      { reward: y, slates: n, covariate: 0 },
      { reward: 2 * y, slates: n / 2, covariate: 0 },
    ];
    cross.replace(undefined, pair(1, 2));
    cross.replace(pair(1, 2), pair(3, 40));
    const anew = new CrossMoments();
    anew.replace(undefined, pair(3, 40));
    for (const [i, sum] of cross.sums.entries()) expect(sum).toBeCloseTo(anew.sums[i]!, 12);
  });

  it('has the error that the estimate has over logs, where arms taken for independent have another', () => {
    // The log shows one of two items evenly; the candidate shows the first with .9, the incumbent the second.
    // Both items are liked alike, so the truth is 0. A like weighs 1.8 for one and .2 for the other.
    const random = new Random(4);
    const runs = 600;
    let [square, paired, apart, wrong] = [0, 0, 0, 0];
    for (let run = 0; run < runs; run++) {
      const users = Array.from({ length: 200 }, () => {
        const first = random.next() < 0.5;
        const [w1, w0] = first ? [1.8, 0.2] : [0.2, 1.8];
        const like = random.next() < 0.5 ? 1 : 0;
        return [w1 * like, w1, w0 * like, w0] as const;
      });
      const [own, other, cross] = sumsOf(users);
      const found = pairedDifference(own, other, cross)!;
      square += found.estimate ** 2 / runs;
      paired += found.standardError ** 2 / runs;
      apart += difference(own, other, { adjust: false })!.standardError ** 2 / runs;
      if (found.low > 0 || found.high < 0) wrong++;
    }
    // A variance of 600 draws has a standard error of √(2 / 600), 5.8 %.
    expect(square / paired).toBeGreaterThan(0.8);
    expect(square / paired).toBeLessThan(1.2);
    expect(square / apart).not.toBeCloseTo(1, 1);
    expect(wrong / runs).toBeLessThan(0.05);
  });
});
