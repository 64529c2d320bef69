import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Merge } from '../../streams/merge.ts';

const at = (...times: number[]) => times.map((time) => ({ at: time }));

function drain(merge: Merge<{ at: number }>): number[] {
  const order: number[] = [];
  for (let next = merge.next(); next; next = merge.next()) order.push(next.record.at);
  return order;
}

describe('the merge of a task’s inputs', () => {
  it('holds the earliest head back until the other input was seen at its end', () => {
    const merge = new Merge<{ at: number }>(2);
    merge.offer(0, at(10, 20), false);
    expect(drain(merge)).toEqual([]); // input 1 may still bring 5
    merge.offer(1, at(5), false);
    expect(drain(merge)).toEqual([5]); // and may still bring 6
    merge.nextRound();
    expect(drain(merge)).toEqual([]); // that a round brought nothing proves nothing
    merge.seenEnd(1);
    expect(drain(merge)).toEqual([10, 20]);
  });

  it('does not believe an end that was seen before the head came', () => {
    const merge = new Merge<{ at: number }>(2);
    merge.seenEnd(1);
    merge.nextRound();
    merge.offer(0, at(10), true);
    expect(drain(merge)).toEqual([]);
    merge.seenEnd(1);
    expect(drain(merge)).toEqual([10]);
  });

  it('wants an end of a later round where fetches of several brokers overlap', () => {
    const merge = new Merge<{ at: number }>(2, 1);
    merge.offer(0, at(10), true);
    merge.seenEnd(1);
    expect(drain(merge)).toEqual([]);
    merge.nextRound();
    merge.seenEnd(1);
    expect(drain(merge)).toEqual([10]);
  });

  it('goes on at once when the records reach the end of their input', () => {
    const merge = new Merge<{ at: number }>(2);
    merge.offer(0, at(10), false);
    merge.offer(1, at(5), true);
    expect(drain(merge)).toEqual([5, 10]);
  });

  it('takes the input declared first at equal times', () => {
    const merge = new Merge<{ at: number }>(2);
    merge.offer(1, at(7), true);
    merge.offer(0, at(7), true);
    expect(merge.next()?.input).toBe(0);
    expect(merge.next()?.input).toBe(1);
  });

  it('gives the sorted order however the records are cut into rounds', () => {
    const times = fc.array(fc.nat(100), { maxLength: 30 }).map((a) => a.sort((x, y) => x - y));
    const cuts = fc.array(fc.nat(4), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(times, times, cuts, (first, second, sizes) => {
        const merge = new Merge<{ at: number }>(2);
        const left = [at(...first), at(...second)];
        const order: number[] = [];
        for (let round = 0; left.some((l) => l.length > 0) || round < 3; round++) {
          for (const input of [0, 1]) {
            const size = sizes[(2 * round + input) % sizes.length]! + (round > 60 ? 1 : 0);
            const batch = left[input]!.splice(0, size);
            const rest = left[input]!.length;
            if (batch.length > 0) merge.offer(input, batch, rest === 0);
            else if (rest === 0) merge.seenEnd(input);
          }
          order.push(...drain(merge));
          merge.nextRound();
        }
        order.push(...drain(merge));
        expect(order).toEqual([...first, ...second].sort((a, b) => a - b));
      }),
    );
  });
});
