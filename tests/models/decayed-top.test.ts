import { describe, expect, it } from '@jest/globals';
import { Random } from '../../models/random.ts';
import { DecayedTop } from '../../models/sequence/decayed-top.ts';

describe('DecayedTop', () => {
  it('is in the order of a sort, however it came to be', () => {
    const random = new Random(2);
    const counts = new Float64Array(60);
    let size = 0;
    const kept = new DecayedTop(8);
    for (let step = 0; step < 3000; step++) {
      const item = size < 60 && random.next() < 0.1 ? size++ : random.below(Math.max(1, size));
      size = Math.max(size, 1);
      // Steps of a quarter make ties.
      counts[item]! += random.below(3) / 4;
      kept.changed(item, counts);
      if (step % 7 !== 0) continue;
      const sorted = Array.from({ length: size }, (_, i) => i).sort(
        (a, b) => counts[b]! - counts[a]! || a - b,
      );
      expect([...kept.items(counts, size)]).toEqual(sorted);
      expect([...new DecayedTop(8).items(counts, size)]).toEqual(sorted);
    }
  });
});
