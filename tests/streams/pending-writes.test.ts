// What an enricher remembers of its writes until its table shows them.
import { describe, expect, it } from '@jest/globals';
import { PendingWrites } from '../../streams/enrichers/pending-writes.ts';

describe('writes on their way to a table', () => {
  it('are what there is, until the table shows them', () => {
    const table = new Map<string, number>();
    const writes = new PendingWrites<number>((key) => table.get(key));
    expect(writes.get('a')).toBeUndefined();
    writes.add('a', 1);
    expect(writes.get('a')).toBe(1);
    table.set('a', 2);
    expect(writes.get('a')).toBe(2);
    // What was shown once is the table's alone.
    table.delete('a');
    expect(writes.get('a')).toBeUndefined();
  });

  it('stay while the table shows what does not cover them', () => {
    const table = new Map([['a', 1]]);
    const writes = new PendingWrites<number>(
      (key) => table.get(key),
      (shown, written) => shown >= written,
    );
    writes.add('a', 5);
    expect(writes.get('a')).toBe(5);
    table.set('a', 6);
    expect(writes.get('a')).toBe(6);
  });

  it('are bounded: the oldest are forgotten', () => {
    const writes = new PendingWrites<number>(() => undefined);
    for (let i = 0; i < 10_001; i++) writes.add(`${i}`, i);
    expect([writes.get('0'), writes.get('1'), writes.get('10000')]).toEqual([undefined, 1, 10_000]);
  });
});
