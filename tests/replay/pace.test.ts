import { describe, expect, it } from '@jest/globals';
import { Pace } from '../../infra/replay/pace.ts';

describe('the pace of a replay', () => {
  it('lets an event go when its moment has come, by the speed', () => {
    let now = 1_000;
    const pace = new Pace(60, () => now);
    expect(pace.waits(0)).toBe(false); // the first event is now
    expect(pace.waits(60_000)).toBe(true); // a minute later is a second later
    now += 999;
    expect(pace.waits(60_000)).toBe(false); // a millisecond is not worth a timer
    expect(pace.waits(6_000_000)).toBe(true);
  });

  it('never waits without a speed', async () => {
    const pace = new Pace(undefined);
    expect(pace.waits(1e15)).toBe(false);
    await pace.until(1e15);
  });

  it('stops waiting when it is told to end', async () => {
    const pace = new Pace(1);
    pace.waits(0);
    await pace.until(1e12, AbortSignal.abort());
  });
});
