import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TimerHeap } from '../../streams/engine/timers.ts';

type Timer = readonly [time: number, key: string];

const timer = fc.tuple(fc.nat(20), fc.constantFrom('a', 'b', 'c', 'ab'));
const earliestFirst = (a: Timer, b: Timer) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1);

describe('the timers of a store', () => {
  it('come by time, then key, whatever was set and taken between', () => {
    const moves = fc.array(fc.oneof(timer, fc.constant('pop' as const)), {
      maxLength: 200,
      size: 'max',
    });
    fc.assert(
      fc.property(moves, (drawn) => {
        const heap = new TimerHeap();
        let sorted: Timer[] = [];
        for (const move of drawn) {
          if (move === 'pop') expect(heap.pop()).toEqual(sorted.shift());
          else {
            heap.push(...move);
            sorted = [...sorted, move].sort(earliestFirst);
          }
          expect(heap.peek()).toEqual(sorted[0]);
        }
        for (const left of sorted) expect(heap.pop()).toEqual(left);
        expect(heap.pop()).toBeUndefined();
      }),
    );
  });
});
