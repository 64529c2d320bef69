// Choices in time, with what was known of the user at each.
import { describe, expect, it } from '@jest/globals';
import type { Film, Row } from '../../evaluate/paradigms/catalogue.ts';
import { type Moment, momentsOf } from '../../evaluate/paradigms/moments.ts';
import { rankInTime } from '../../evaluate/paradigms/stream.ts';
import { Random } from '../../models/random.ts';

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

describe('policies over the choices in time', () => {
  const moments = momentsOf({ ratings, films }, 2);
  const width = 3;
  const random = new Random(7);
  const vectors = new Map(
    [...films.keys()].map((itemId): [string, Float32Array] => [
      itemId,
      Float32Array.from({ length: width }, () => random.next() - 0.5),
    ]),
  );
  const rank = (of: readonly Moment[]) =>
    rankInTime(of, of.length - 10, { ratings, films }, { width, vectors, embedMs: 1 }, 3, signal);
  const { signal } = new AbortController();

  it('rank a choice before they learn from it, and learn from it then', () => {
    const changed = moments.length - 5;
    const other = moments.map((moment, i) =>
      i === changed
        ? { ...moment, choice: { ...moment.choice, liked: (moment.choice.liked + 1) % 20 } }
        : moment,
    );
    const [before, after] = [rank(moments), rank(other)];
    expect([...before.keys()]).toContain('fast tier, frozen before');
    expect(before.size).toBeGreaterThan(1);
    for (const [name, { scores }] of before) {
      const others = after.get(name)!.scores;
      expect(scores).toHaveLength(10);
      expect(others.slice(0, 6)).toEqual(scores.slice(0, 6));
      // Frozen before the ten.
      if (name === 'fast tier, frozen before') expect(others).toEqual(scores);
      else expect(others.slice(6)).not.toEqual(scores.slice(6));
    }
  });
});
