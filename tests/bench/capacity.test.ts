// The capacity table: what several members do, from what one core was measured to do.
import { describe, expect, it } from '@jest/globals';
import { measure } from '../../bench/capacity/size.ts';
import { capacity } from '../../bench/capacity/table.ts';

const one = {
  ...{ users: 1_000_000, items: 10, feedback: 1_000, requests: 250, examples: 500, userBytes: 240 },
};

describe('capacity', () => {
  // A request takes 1/250 s and its feedback 1/1000 s: 200 requests a second on a core.
  it.each([
    [1, 200, 'serve', 240],
    [2, 400, 'serve', 120],
    [3, 500, 'learn', 80],
    [9, 500, 'learn', 60],
  ])(
    'of %s members is %s requests a second; first is full: %s',
    (members, requests, full, state) => {
      const row = capacity(one, members, 4);
      expect(row.requests).toBeCloseTo(requests);
      expect(row.decided).toBeCloseTo(200 * Math.min(members, 4));
      expect(row).toMatchObject({ members, full });
      expect(row.events).toBeCloseTo(3 * requests);
      expect(row.stateMb).toBeCloseTo(state);
    },
  );

  it('ends at the partitions where the learner has room', () => {
    expect(capacity({ ...one, examples: 10_000 }, 9, 4)).toMatchObject({ full: 'partitions' });
    expect(capacity({ ...one, examples: 10_000 }, 9, 4).requests).toBeCloseTo(800);
  });
});

describe('one core', () => {
  it('decides, joins and learns, and keeps state of every user', () => {
    const found = measure({ users: 60, items: 40, seconds: 0.05 });
    for (const rate of [found.requests, found.feedback, found.examples])
      expect(rate).toBeGreaterThan(1);
    expect(found.userBytes).toBeGreaterThan(20);
  });
});
