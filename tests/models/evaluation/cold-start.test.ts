import { describe, expect, it } from '@jest/globals';
import { ColdStart } from '../../../models/evaluation/cold-start.ts';
import { newUser } from '../../../models/user/track.ts';
import type { Served } from '../../../models/world/live.ts';

const MINUTE = 60_000;

function served(
  userId: string,
  minutes: number,
  candidates: readonly string[],
  shown: Readonly<Record<string, boolean>>,
  [expected, best]: readonly [number, number],
): Served {
  const of = (itemId: string) => ({ itemId, groups: [], similarity: null });
  const context = {
    at: minutes * MINUTE,
    k: 2,
    state: newUser(userId),
    candidates: candidates.map(of),
  };
  const items = Object.entries(shown).map(([itemId, positive]) => ({ itemId, positive }));
  return { context, expected, best, examples: [{ items }] } as unknown as Served;
}

describe('cold start', () => {
  it('counts the first requests of each user, and the first hour of each item', () => {
    const cold = new ColdStart();
    cold.add(served('u', 0, ['a', 'b'], { a: true }, [0.5, 1]));
    cold.add(served('v', 30, ['a', 'c'], { a: false, c: true }, [0.25, 1]));
    // a and b are an hour old now, c is half an hour.
    cold.add(served('u', 60, ['a', 'b', 'c'], { a: true, c: false }, [0.8, 0.8]));
    for (let i = 0; i < 5; i++) cold.add(served('u', 200 + i, ['a'], {}, [i / 10, 0.5]));
    const { users, items } = cold.figures();
    expect(users.map(({ requests }) => requests)).toEqual([2, 1, 1, 1, 1, 2]);
    expect(users[0]).toEqual({ requests: 2, reward: 0.375, ofBest: 0.375 });
    expect(users[1]).toEqual({ requests: 1, reward: 0.8, ofBest: 1 });
    expect(users[5]!.reward).toBeCloseTo(0.35, 12);
    // Young: offered a, b; a, c; c. Shown a; a, c; c, with clicks on a and c once each.
    expect(items.young).toEqual({ shown: 4, shownShare: 0.8, reward: 0.5 });
    // Later: offered a, b, then a five times; shown once, clicked.
    expect(items.others).toEqual({ shown: 1, shownShare: 1 / 7, reward: 1 });
  });

  it('has no figures of nothing', () => {
    const { users, items } = new ColdStart().figures();
    expect(users[0]).toEqual({ requests: 0, reward: null, ofBest: null });
    expect(items.young).toEqual({ shown: 0, shownShare: null, reward: null });
  });
});
