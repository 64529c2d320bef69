// What an experiment is judged by, against numbers from elsewhere.
import { describe, expect, it } from '@jest/globals';
import { runTrial } from '../../../bench/experiments/simulate.ts';
import {
  alwaysValidP,
  confidenceSequence,
} from '../../../models/experiment/confidence-sequence.ts';
import { difference } from '../../../models/experiment/difference.ts';
import { logGamma, upperGamma } from '../../../models/experiment/gamma.ts';
import { ArmMoments } from '../../../models/experiment/moments.ts';
import { chiSquareP, sampleRatioP } from '../../../models/experiment/sample-ratio.ts';
import { groupUnfairness } from '../../../models/metrics/group-unfairness.ts';
import { Random } from '../../../models/random.ts';

describe('the gamma function', () => {
  it('is what C says', () => {
    expect(logGamma(0.3)).toBeCloseTo(1.0957979948180752, 12);
    expect(logGamma(4.5)).toBeCloseTo(2.453736570842443, 12);
    expect(logGamma(100)).toBeCloseTo(359.1342053695754, 10);
  });

  it('has tails in closed form: erfc(√x) for a = ½, e^−x for a = 1', () => {
    expect(upperGamma(0.5, 1.92)).toBeCloseTo(0.05004352124870509, 12);
    expect(upperGamma(1, 3)).toBeCloseTo(0.049787068367863944, 12);
    expect(upperGamma(1.5, 0.2)).toBeCloseTo(0.9402424948393607, 12);
    expect(upperGamma(2, 0)).toBe(1);
  });
});

describe('the sample ratio', () => {
  it('by χ²: 60 of 100 is 4, 0.0455', () => {
    const p = chiSquareP([
      { users: 60, share: 1 },
      { users: 40, share: 1 },
    ]);
    expect(p).toBeCloseTo(0.04550026389635842, 10);
  });

  it('at every look: by hand for two users in the first of two even arms', () => {
    // Γ(100)/Γ(102) · Γ(52)/Γ(50) / ¼ = 4 · (50 · 51) / (100 · 101).
    const arms = [
      { users: 2, share: 1 },
      { users: 0, share: 1 },
    ];
    expect(sampleRatioP(arms)).toBeCloseTo((100 * 101) / (4 * 50 * 51), 10);
    expect(
      sampleRatioP([
        { users: 700, share: 1 },
        { users: 500, share: 1 },
      ]),
    ).toBeLessThan(1e-5);
    expect(
      sampleRatioP([
        { users: 300, share: 3 },
        { users: 100, share: 1 },
      ]),
    ).toBe(1);
  });
});

describe('the sample ratio of an arm without a share', () => {
  const pair = (users: readonly number[], shares: readonly number[]) =>
    users.map((n, i) => ({ users: n, share: shares[i]! }));

  it('is broken by its first user, and otherwise that of the others', () => {
    for (const p of [sampleRatioP, chiSquareP]) {
      expect(p(pair([10, 1], [1, 0]))).toBe(0);
      expect(p(pair([10, 0], [1, 0]))).toBe(1);
      expect(p(pair([60, 40, 0], [1, 1, 0]))).toBe(p(pair([60, 40], [1, 1])));
    }
  });

  it('is no number where a count is none, so that nobody takes it for good', () => {
    expect(sampleRatioP(pair([Number.NaN, 5], [1, 1]))).toBeNaN();
  });
});

describe('the confidence sequence', () => {
  it('ends where the p value is alpha', () => {
    const { low, high } = confidenceSequence(0, 0.1, 300);
    expect(low).toBe(-high);
    expect(alwaysValidP(high, 0.1, 300)).toBeCloseTo(0.05, 10);
    expect(alwaysValidP(0, 0.1, 300)).toBe(1);
  });

  it('is wider than a normal interval, least so where it was planned for', () => {
    const width = (users: number) => confidenceSequence(0, 1, users, { planned: 500 }).high;
    expect(width(500)).toBeGreaterThan(1.96);
    // v = −2 ln 0.05 + ln(−2 ln 0.05) + 1 = 8.78175…: √((v+1)/v · ln((v+1) / 0.0025)).
    expect(width(500)).toBeCloseTo(3.0352, 3);
    expect(width(500)).toBeLessThan(width(50));
    expect(width(500)).toBeLessThan(width(5000));
  });
});

describe('the difference of two arms', () => {
  const arm = (users: readonly (readonly [reward: number, slates: number, x: number])[]) => {
    const moments = new ArmMoments();
    for (const [reward, slates, covariate] of users) {
      moments.replace(undefined, { reward, slates, covariate });
    }
    return moments;
  };

  it('takes users for the unit: the same user a hundred times is no evidence', () => {
    // r = ½ in both; l = ±½ for each user: variance 1 of four users' 2·l, over 3.
    const few = arm([0, 1, 0, 1].map((reward) => [reward, 1, 0]));
    const often = arm([0, 100, 0, 100].map((reward) => [reward, 100, 0]));
    expect(few.spread().ratio).toBeCloseTo(1 / 3, 12);
    expect(often.spread().ratio).toBeCloseTo(1 / 3, 12);
    const found = difference(few, often, { least: 2 })!;
    expect(found.estimate).toBe(0);
    expect(found.standardError).toBeCloseTo(Math.sqrt(1 / 3 / 4 + 1 / 3 / 4), 12);
  });

  it('lets no user count for more than ten slates', () => {
    // 100 slates with 50 likes are 10 with 5: r = (5 + 0) / (10 + 1); as they are, 50 / 101.
    const heavy = arm([
      [50, 100, 0],
      [0, 1, 0],
    ]);
    expect(heavy.mean).toBeCloseTo(5 / 11, 12);
    expect([heavy.reward, heavy.slates]).toEqual([50, 101]);
    expect(heavy.effectiveUsers).toBeCloseTo(11 ** 2 / (10 ** 2 + 1), 12);
    // Users whose slates doubled beyond ten say the same as before.
    const twice = arm([
      [100, 200, 0],
      [0, 1, 0],
    ]);
    expect([twice.mean, twice.spread()]).toEqual([heavy.mean, heavy.spread()]);
  });

  it('moves as a user comes again, to where it had been made anew', () => {
    const moved = arm([[1, 2, 0.3]]);
    moved.replace(undefined, { reward: 0, slates: 1, covariate: 0.1 });
    moved.replace(
      { reward: 0, slates: 1, covariate: 0.1 },
      { reward: 2, slates: 3, covariate: 0.1 },
    );
    const anew = arm([
      [1, 2, 0.3],
      [2, 3, 0.1],
    ]);
    for (const [i, sum] of moved.sums.entries()) expect(sum).toBeCloseTo(anew.sums[i]!, 12);
    expect(moved.mean).toBe(3 / 5);
    expect(new ArmMoments(moved.sums).users).toBe(2);
  });

  it('is freed of what the covariate explains, and left alone by one that explains nothing', () => {
    const random = new Random(5);
    const users = (shift: number) =>
      arm(
        Array.from({ length: 400 }, () => {
          const x = random.next();
          return [x + shift + 0.1 * random.next(), 1, x] as const;
        }),
      );
    const [treated, control] = [users(0.05), users(0)];
    const adjusted = difference(treated, control)!;
    const plain = difference(treated, control, { adjust: false })!;
    // Var(x) = 1/12, of the rest 1/1200: 1 part in 101 is left.
    expect(adjusted.explained).toBeCloseTo(1 - 1 / 101, 2);
    // Three standard errors of √(2 / 1200 / 400).
    expect(Math.abs(adjusted.estimate - 0.05)).toBeLessThan(0.0061);
    expect(adjusted.low).toBeGreaterThan(0);
    expect(plain.explained).toBe(0);
    expect(plain.low).toBeLessThan(0);
  });

  it('says nothing where a reward is no number', () => {
    const users = Array.from({ length: 60 }, (_, i) => [i % 2, 1, 0] as const);
    for (const reward of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(difference(arm([...users, [reward, 1, 0]]), arm(users))).toBeNull();
    }
    expect(difference(arm(users), arm(users))).not.toBeNull();
  });

  it('says nothing of few users, or where nothing varies', () => {
    expect(difference(arm([[1, 1, 0]]), arm([[0, 1, 0]]))).toBeNull();
    const ones = arm(Array.from({ length: 60 }, () => [1, 1, 0] as const));
    expect(difference(ones, ones)).toBeNull();
  });
});

describe('looked at after every slate', () => {
  const runs = (effect: number) =>
    Array.from({ length: 40 }, (_, seed) =>
      runTrial({ seed: seed + 10_000, slates: 800, people: 400, effect }),
    );

  it('seldom sees what is not there, where a normal interval often does', () => {
    const all = runs(0);
    // 5 % of 40 are 2; 7 or more have a chance of 1 in 300.
    expect(all.filter(({ sequence }) => sequence !== null).length).toBeLessThan(7);
    expect(all.filter(({ plain }) => plain !== null).length).toBeLessThan(7);
    expect(all.filter(({ ratio }) => ratio).length).toBeLessThan(7);
    expect(all.filter(({ peeked }) => peeked !== null).length).toBeGreaterThan(7);
  });

  it('sees what is there', () => {
    expect(runs(0.2).filter(({ sequence }) => sequence !== null).length).toBeGreaterThan(35);
  });
});

describe('group unfairness', () => {
  it('by hand', () => {
    const shown = new Map([
      ['a', 3],
      ['b', 1],
    ]);
    const chosen = new Map([
      ['a', 1],
      ['c', 1],
    ]);
    // GU: a 0.75 − 0.5, b 0.25, c −0.5.
    expect(groupUnfairness(shown, chosen)).toEqual({ mgu: 1 / 3, dgu: 0.75 });
    expect(groupUnfairness(new Map(), chosen)).toBeNull();
  });
});
