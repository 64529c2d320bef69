import { describe, expect, it } from '@jest/globals';
import type { BenchClick, BenchExample, BenchImpression } from '../../bench/attribute/topics.ts';
import { Latencies } from '../../bench/support/latencies.ts';

const shown = (impressionId: string, userId: string, at: number): BenchImpression => ({
  impressionId,
  userId,
  at,
  slate: [],
});

const clicked = (userId: string, at: number): BenchClick => ({
  impressionId: 'any',
  userId,
  itemId: 'i1',
  position: 0,
  at,
  value: 1,
});

const example = (impressionId: string): BenchExample => ({
  ...shown(impressionId, 'u0', 0),
  slate: [],
  reward: 0,
  userClicks: 0,
  recent: [],
});

const user = (clicks: number) => ({ clicks, lastSeen: 0, recent: [] });

describe('the latencies of the benchmark', () => {
  it('count from the event that closed the window, in its own partition', () => {
    const latencies = new Latencies(2, 1_000, () => true);
    latencies.shown(shown('a', 'u0', 10), 0);
    latencies.shown(shown('b', 'u1', 20), 1);
    latencies.shown(shown('c', 'u1', 1_500), 1); // closes b, not a
    latencies.clicked(clicked('u0', 1_030), 0); // closes a, 20 ms after its window ended
    latencies.exampleRead(example('a'), 1_090);
    latencies.exampleRead(example('b'), 1_700);
    expect(latencies.examples).toEqual([60, 200]);
    // c is open still; a and b have been seen, and count once.
    latencies.exampleRead(example('a'), 9_999);
    expect(latencies.examples).toHaveLength(2);
    expect(latencies.missing.examples).toBe(0);
  });

  it('find a click in the first state that counts it', () => {
    const latencies = new Latencies(1, 1_000, () => true);
    for (const at of [100, 200, 300]) latencies.clicked(clicked('u0', at), 0);
    latencies.userRead('u0', user(0), 310); // moved by an impression alone
    expect(latencies.users).toEqual([]);
    latencies.userRead('u0', user(2), 350); // two of them in one commit
    expect(latencies.users).toEqual([250, 150]);
    expect(latencies.missing.users).toBe(1);
    latencies.userRead('u0', user(3), 400);
    expect(latencies.users).toEqual([250, 150, 100]);
    expect(latencies.missing.users).toBe(0);
  });

  it('leave out users that are not followed, but not the time they bring', () => {
    const latencies = new Latencies(1, 1_000, (userId) => userId === 'u0');
    latencies.shown(shown('a', 'u0', 0), 0);
    latencies.shown(shown('b', 'u1', 2_000), 0);
    latencies.clicked(clicked('u1', 2_001), 0);
    expect(latencies.missing).toEqual({ examples: 1, users: 0 });
    latencies.exampleRead(example('a'), 2_005);
    expect(latencies.examples).toEqual([5]);
  });
});
