// The columns of the next item, by hand.
import { describe, expect, it } from '@jest/globals';
import { COLUMNS, Columns, FAST, SLOW } from '../../models/sequence/columns.ts';

/** Items 0 and 1 of group 0, liked one after the other; item 2 of group 1, shown after both, not liked. */
function three(): Columns {
  const columns = new Columns();
  columns.learn(0, true, [0], []);
  columns.learn(1, true, [0], [0]);
  columns.learn(2, false, [1], [0, 1]);
  return columns;
}

/** Each item starts with a tenth of a like; its logarithm, `at` events after the start. */
const decayed = (halfLife: number, likes: number, at: number) =>
  Math.log(likes + 0.1) + (Math.LN2 / halfLife) * at;

function expectColumns(values: readonly Float64Array[], expected: number[][]): void {
  expect(values).toHaveLength(COLUMNS.length);
  for (const [f, [name]] of COLUMNS.entries()) {
    for (const [item, value] of expected[f]!.entries()) {
      expect({ name, item, value: values[f]![item] }).toEqual({
        name,
        item,
        value: expect.closeTo(value, 12),
      });
    }
  }
}

describe('Columns', () => {
  it('says for each item what pairs, likes and groups say', () => {
    // 0 and 1 are one like apart and liked once each: weight 1, over 2^.5 and 2^.55.
    const pair = 2 ** -1.05;
    const log = Math.log1p(10 * pair);
    // Both likes are of group 0, and so is the user's; item 2 of group 1 has nothing to go by.
    const group = Math.log1p(1 / (1 + 1e-4));
    expectColumns(three().fill([0]), [
      [0, Math.sqrt(pair), 0],
      [0, log, 0],
      [0, log, 0],
      [0, log, 0],
      [decayed(SLOW, 1, 1), decayed(SLOW, 1, 2), decayed(SLOW, 0, 3)],
      [decayed(FAST, 1, 1), decayed(FAST, 1, 2), decayed(FAST, 0, 3)],
      [Math.log(2), Math.log(2), 0],
      [3 / 5, 3 / 5, 2 / 5],
      [group, group, 0],
      [group, group, 0],
    ]);
  });

  it('pairs both ways, but follows one way', () => {
    const values = three().fill([1]);
    expect(values[0]![0]).toBeCloseTo(Math.sqrt(2 ** -1.05), 12);
    expect(values[3]![0]).toBe(0);
  });

  it('keeps nothing of the user before', () => {
    const columns = three();
    const once = columns.fill([0]).map((column) => [...column.subarray(0, 3)]);
    columns.fill([1, 2]);
    expect(columns.fill([0]).map((column) => [...column.subarray(0, 3)])).toEqual(once);
  });
});
