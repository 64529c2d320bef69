// The account of what was deleted unread can fail: a range named twice, and records that are there.
import { expect, it } from '@jest/globals';
import { generate } from '../../bench/attribute/data.ts';
import { inputGap } from '../../infra/kafka/failures.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import type { DeadLetter } from '../../schemas/topics/dead-letters.ts';
import { missedOf } from '../../streams/engine/dead-letter.ts';
import { missedIn, without, wrongly } from './missed.ts';

/** The dead letter that the runtime writes of a range. */
function letterOf(from: number, to: number): DeadLetter {
  const error = inputGap('round-1-clicks', 2, { from, to });
  const place = { topic: clicks, partition: 2, by: 'attribute' };
  return missedOf(place, { from }, 1_000, error, 1_000_000).event as DeadLetter;
}

const endsAt = (low: number) => [{ topic: 'clicks', partition: 2, low, high: 1_000 }];

it('reads the range from the dead letter that the runtime writes', () => {
  expect(missedIn(letterOf(10, 40))).toEqual({ topic: 'clicks', partition: 2, from: 10, to: 40 });
  expect(missedIn({ ...letterOf(10, 40), code: 'step-failed' })).toBeUndefined();
  // A topic that was made anew is no range of missed records.
  expect(missedIn(letterOf(40, 0))).toBeUndefined();
});

it('complains of records that are named twice, and of records that were not deleted', () => {
  const ranges = [letterOf(10, 40), letterOf(50, 60)].map((letter) => missedIn(letter)!);
  expect(wrongly(ranges, endsAt(60))).toEqual([]);
  expect(wrongly(ranges, endsAt(55))).toEqual(['clicks/2: 55 to 59 are there, and called missed']);
  const again = missedIn(letterOf(30, 45))!;
  expect(wrongly([...ranges, again], endsAt(60))).toEqual(['clicks/2: 30 to 39 are missed twice']);
});

it('leaves the rest of the data as it was', () => {
  const data = generate({ impressions: 20, users: 3 });
  const gone = new Set<object>([data.impressions[3]!, data.clicks[0]!]);
  const left = without(data, gone);
  expect(left.impressions).toEqual(data.impressions.toSpliced(3, 1));
  expect(left.clicks).toEqual(data.clicks.slice(1));
  expect(left.flushAt).toBe(data.flushAt);
});
