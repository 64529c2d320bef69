import { describe, expect, it } from '@jest/globals';
import { Random } from '../../models/random.ts';
import { Hottest } from '../../models/sequence/hottest.ts';

describe('Hottest', () => {
  it('is in the order of a sort, however it came to be', () => {
    const random = new Random(2);
    const heat = new Float64Array(60);
    let size = 0;
    const kept = new Hottest(8);
    for (let step = 0; step < 3000; step++) {
      const item = size < 60 && random.next() < 0.1 ? size++ : random.below(Math.max(1, size));
      size = Math.max(size, 1);
      // Steps of a quarter make ties.
      heat[item]! += random.below(3) / 4;
      kept.moved(item, heat);
      if (step % 7 !== 0) continue;
      const sorted = Array.from({ length: size }, (_, i) => i).sort(
        (a, b) => heat[b]! - heat[a]! || a - b,
      );
      expect([...kept.items(heat, size)]).toEqual(sorted);
      expect([...new Hottest(8).items(heat, size)]).toEqual(sorted);
    }
  });
});
