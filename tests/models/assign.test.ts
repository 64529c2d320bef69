import { describe, expect, it } from '@jest/globals';
import { assignVariant } from '../../models/experiment/assign.ts';
import { codeOf } from '../../schemas/errors.ts';

const arms = [
  { variant: 'a', share: 1 },
  { variant: 'b', share: 2 },
  { variant: 'none', share: 0 },
  { variant: 'c', share: 1 },
];
const users = Array.from({ length: 8000 }, (_, i) => `user-${i}`);

describe('assignVariant', () => {
  it('splits users by the shares (chi-square, 2 degrees of freedom, p = 0.001)', () => {
    for (const salt of ['first', 'second', '']) {
      const counts = new Map<string, number>();
      for (const user of users) {
        const variant = assignVariant(user, salt, arms);
        counts.set(variant, (counts.get(variant) ?? 0) + 1);
      }
      const expected = { a: 2000, b: 4000, c: 2000 };
      const chiSquare = Object.entries(expected).reduce(
        (sum, [variant, n]) => sum + ((counts.get(variant) ?? 0) - n) ** 2 / n,
        0,
      );
      expect(chiSquare).toBeLessThan(13.8);
      expect(counts.has('none')).toBe(false);
    }
  });

  it('keeps a user in the arm, and splits anew for another salt', () => {
    const one = users.map((user) => assignVariant(user, 'one', arms));
    expect(users.map((user) => assignVariant(user, 'one', arms))).toEqual(one);
    const both = users.filter((user, i) => assignVariant(user, 'two', arms) === one[i]).length;
    // Independent splits agree with probability 1/16 + 4/16 + 1/16.
    expect(Math.abs(both / users.length - 6 / 16)).toBeLessThan(0.025);
  });

  it('moves only the users it must when an arm grows at the end', () => {
    const grown = [
      { variant: 'a', share: 1 },
      { variant: 'b', share: 1 },
    ];
    const before = users.filter((user) => assignVariant(user, 's', [grown[0]!]) === 'a');
    expect(before).toHaveLength(users.length);
    expect(users.filter((user) => assignVariant(user, 's', grown) === 'b').length).toBeGreaterThan(
      3800,
    );
  });

  it('refuses shares that leave nobody', () => {
    for (const bad of [[], [{ variant: 'a', share: 0 }], [{ variant: 'a', share: -1 }]]) {
      let code = '';
      try {
        assignVariant('u', 's', bad);
      } catch (error) {
        code = codeOf(error);
      }
      expect(code).toBe('experiment-shares-invalid');
    }
  });
});
