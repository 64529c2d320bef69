// What an import does about files that were imported before.
import { describe, expect, it } from '@jest/globals';
import { importOf } from '../../infra/import/marks.ts';
import { importPlan } from '../../infra/import/plan.ts';
import type { ReplayProgress } from '../../schemas/topics/replays.ts';

const progress = (replayId: string, rest: Partial<ReplayProgress> = {}): ReplayProgress => ({
  ...{ replayId, at: 0, steps: 0, events: 0, shown: 0, clicks: 0, unreadable: 0 },
  ...{ done: true, latest: null, ...rest },
});
const there = (...all: ReplayProgress[]) => new Map(all.map((one) => [one.replayId, one]));
const january = 'imported/shop/january.csv/aaaa';
const february = 'imported/shop/february.csv/bbbb';

describe('an import', () => {
  it('begins with all files, and with none that are there', () => {
    expect(importPlan(there(), [january, february], 5)).toMatchObject({
      marks: [january, february],
      reached: null,
      progress: { replayId: importOf([january, february]), steps: 0, latest: 5, done: false },
    });
    const first = progress(importOf([january]), { at: 7, steps: 3 });
    const known = there(first, progress(january, { at: 7 }));
    expect(importPlan(known, [january], 5).marks).toEqual([]);
    expect(importPlan(known, [january, february], 5)).toMatchObject({
      marks: [february],
      reached: 7,
      progress: { steps: 0 },
    });
  });

  it('goes on where it was cut off, with the bound that it began with', () => {
    const half = progress(importOf([january]), { steps: 40, latest: 3, done: false });
    expect(importPlan(there(half), [january], 5).progress).toBe(half);
  });

  it('refuses a file that has changed, and other files after it was cut off', () => {
    const changed = 'imported/shop/january.csv/cccc';
    const refused = expect.objectContaining({ code: 'import-changed' });
    expect(() => importPlan(there(progress(january)), [changed], 5)).toThrow(refused as never);
    const half = progress(importOf([january]), { done: false });
    expect(() => importPlan(there(half), [february], 5)).toThrow(refused as never);
  });

  it('does not mix with a replay', () => {
    expect(() => importPlan(there(progress('movielens')), [january], 5)).toThrow(
      expect.objectContaining({ code: 'replay-of-another-log' }) as never,
    );
  });
});
