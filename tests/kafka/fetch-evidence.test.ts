import { describe, expect, it } from '@jest/globals';
import { atEnd } from '../../infra/kafka/fetch-evidence.ts';

const batch = (fetchedOffset: number, raw: number[], highWatermark: number, records = 0) => ({
  topic: 't',
  partition: 0,
  highWatermark: String(highWatermark),
  fetchedOffset,
  messages: raw.slice(0, records),
  rawMessages: raw,
  lastOffset: () => String(raw.at(-1)),
});

describe('an empty batch', () => {
  it('proves the end when it was asked from the end', () => {
    expect(atEnd(batch(5, [], 5))).toBe(true);
  });

  it('proves nothing while an open transaction hides what is behind', () => {
    expect(atEnd(batch(5, [], 6))).toBe(false);
  });

  it('proves the end when nothing but markers were left', () => {
    expect(atEnd(batch(5, [5, 6], 7))).toBe(true);
    expect(atEnd(batch(5, [5, 6], 9))).toBe(false);
  });
});
