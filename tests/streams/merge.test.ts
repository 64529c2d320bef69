import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Merge } from '../../streams/engine/merge.ts';
import { order, world } from './model/broker-world.ts';

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
    merge.offer(1, [], true);
    expect(drain(merge)).toEqual([10, 20]);
  });

  it('does not believe an end that was seen before the head came', () => {
    const merge = new Merge<{ at: number }>(2);
    merge.offer(1, [], true);
    merge.nextRound();
    merge.offer(0, at(10), true);
    expect(drain(merge)).toEqual([]);
    merge.offer(1, [], true);
    expect(drain(merge)).toEqual([10]);
  });

  it('does not believe an end that was asked for before the head came, however late the answer', () => {
    const merge = new Merge<{ at: number }>(2);
    const early = merge.nextRound();
    merge.nextRound();
    merge.offer(0, at(10), true);
    merge.offer(1, [], true, early);
    expect(drain(merge)).toEqual([]);
  });

  it('wants an end of a later round where fetches of several brokers overlap', () => {
    const merge = new Merge<{ at: number }>(2, 1);
    merge.offer(0, at(10), true);
    merge.offer(1, [], true);
    expect(drain(merge)).toEqual([]);
    merge.nextRound();
    merge.offer(1, [], true);
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

  it('waits so long for an input at its end, and says how long it still does', () => {
    let now = 0;
    const merge = new Merge<{ at: number }>(3, 0, { ms: 100, now: () => now });
    merge.offer(0, at(20), true);
    expect(merge.waitMs).toBe(100);
    now = 60;
    merge.offer(1, at(10, 15), true);
    merge.offer(2, [], true);
    now = 130; // 20 has waited long enough, but is not the earliest
    expect(drain(merge)).toEqual([]);
    expect(merge.waitMs).toBe(30);
    merge.offer(2, at(12), true);
    expect(merge.waitMs).toBe(0); // every input holds a record: nothing can come before 10
    expect(drain(merge)).toEqual([10, 12]);
    expect(merge.waitMs).toBe(30);
    now = 160;
    expect(drain(merge)).toEqual([15, 20]);
    expect(merge.waitMs).toBe(0);
  });

  it('does not take waiting for an end that was not seen', () => {
    let now = 0;
    const merge = new Merge<{ at: number }>(2, 0, { ms: 100, now: () => now });
    merge.offer(0, at(10), true);
    now = 1_000;
    expect(drain(merge)).toEqual([]);
    merge.seenEnd(1);
    expect(drain(merge)).toEqual([10]);
  });

  it('gives the order of time, ties to the lower input, however fetches cut what producers write', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const { merged, written } = order(drawn);
        const byTime = written.toSorted(
          (a, b) => a.at - b.at || a.input - b.input || a.seq - b.seq,
        );
        expect(merged).toEqual(byTime);
      }),
      { numRuns: 500 },
    );
  });

  it('takes a record that is behind its own input right after the one before it', () => {
    const times = fc.array(fc.nat(30), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 4 }), (inputs) => {
        const merge = new Merge<{ at: number; seq: number }>(inputs.length);
        const all = inputs.flatMap((own, input) => {
          merge.offer(
            input,
            own.map((time, seq) => ({ at: time, seq })),
            true,
          );
          return own.map((_, seq) => ({ input, seq, due: Math.max(...own.slice(0, seq + 1)) }));
        });
        all.sort((a, b) => a.due - b.due || a.input - b.input || a.seq - b.seq);
        for (const { input, seq } of all) {
          const next = merge.next();
          expect([next?.input, next?.record.seq]).toEqual([input, seq]);
        }
        expect(merge.next()).toBeUndefined();
      }),
    );
  });
});
