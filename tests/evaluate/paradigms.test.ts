// Choices in time, with what was known of the user at each.
import { describe, expect, it } from '@jest/globals';
import type { Film, Row } from '../../bin/evaluate/paradigms/catalogue.ts';
import { momentsOf } from '../../bin/evaluate/paradigms/moments.ts';

const users = 30;
const items = 200;
const ratings: Row[] = Array.from({ length: users }, (_, u) => u)
  .flatMap((u) =>
    Array.from({ length: 12 }, (_, i) => {
      const itemId = `i${(u * 5 + i * 3) % items}`;
      const value = i % 3 === 2 ? 2 : 5;
      return { userId: `u${u}`, itemId, at: i * 10_000 + u, value, liked: value >= 4 };
    }),
  )
  .sort((a, b) => a.at - b.at);
const films = new Map(
  [...new Set(ratings.map(({ itemId }) => itemId))].map((itemId): [string, Film] => [
    itemId,
    { itemId, at: 0, title: itemId, text: itemId, groups: ['g'], attributes: {}, count: 1 },
  ]),
);

describe('moments of choices', () => {
  const moments = momentsOf({ ratings, films }, 2);

  it('come in the order of time, of every user', () => {
    const times = moments.map(({ choice }) => choice.at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    // Eight likes each, choices from the sixth on.
    expect(moments).toHaveLength(users * 3);
    expect(new Set(moments.map(({ choice }) => choice.userId)).size).toBe(users);
  });

  it('know of the user what came before, and nothing of the answer', () => {
    for (const { choice, state } of moments) {
      const before = ratings.filter(({ userId, at }) => userId === choice.userId && at < choice.at);
      expect(state.feedbacks).toBe(before.length);
      expect(state.positives).toBe(choice.history.length);
      expect(state.groups[0]!.feedbacks).toBe(before.length);
      const target = choice.candidates[choice.liked];
      expect(state.recent.some(({ itemId }) => itemId === target)).toBe(false);
    }
  });
});
