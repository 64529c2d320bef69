// The external sort gives what one big sort would give, whatever the size of a run.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareIds, compareRows, type LogRow, logRows } from '../../datasets/log-row.ts';
import { LogSorter } from '../../datasets/sort.ts';
import { collect } from '../support/log-checks.ts';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'millrace-sort-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const id = fc.oneof(fc.nat(30).map(String), fc.string({ unit: 'grapheme', maxLength: 3 }));
const rows = fc
  .array(
    fc.record({
      at: fc.integer({ min: -5, max: 5 }),
      userId: id,
      itemId: id,
      code: fc.nat(2),
      value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    }),
    { maxLength: 60 },
  )
  .map((list) => list.map((row, line): LogRow => ({ ...row, line: line + 1 })));

async function sortOf(list: LogRow[], runRows: number, fanIn: number) {
  const sorter = new LogSorter(logRows, { scratch, runRows, fanIn });
  for (const row of list) await sorter.add(row);
  await sorter.finish();
  return { sorter, sorted: (await collect(sorter.sorted())).flat() };
}

describe('the external merge sort', () => {
  it('equals a full sort in memory', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 9 }), async (list, runRows) => {
        const { sorter, sorted } = await sortOf(list, runRows, 3);
        expect(sorted).toEqual([...list].sort(compareRows));
        expect(sorter.count).toBe(list.length);
        expect(sorter.spilled).toBeLessThanOrEqual(3);
      }),
      { numRuns: 60 },
    );
  });

  it('does not spill a log that fits one run', async () => {
    const before = await readdir(scratch);
    const list = [3, 1, 2].map((at, index) => ({
      at,
      userId: '1',
      itemId: '1',
      code: 0,
      value: 0,
      line: index + 1,
    }));
    const { sorter, sorted } = await sortOf(list, 4, 3);
    expect(sorted.map((row) => row.at)).toEqual([1, 2, 3]);
    expect(sorter.spilled).toBe(0);
    expect(await readdir(scratch)).toEqual(before);
  });
});

describe('compareRows', () => {
  it('goes by time, then user, item, behaviour and line', () => {
    const row = (
      at: number,
      userId: string,
      itemId: string,
      code: number,
      line: number,
    ): LogRow => ({
      ...{ at, userId, itemId, code, line, value: 0 },
    });
    const inOrder = [
      row(1, '9', 'z', 9, 9),
      row(2, '2', 'z', 9, 8),
      row(2, '10', 'a', 9, 7),
      row(2, '10', 'b', 0, 6),
      row(2, '10', 'b', 1, 4),
      row(2, '10', 'b', 1, 5),
    ];
    expect(inOrder.toReversed().sort(compareRows)).toEqual(inOrder);
  });
});

describe('compareIds', () => {
  it('takes integers by value and puts them before text', () => {
    const sorted = ['b', '10', '1a', '9', 'a', '007', '2'].sort(compareIds);
    expect(sorted).toEqual(['2', '9', '10', '007', '1a', 'a', 'b']);
  });

  it('is a total order', () => {
    fc.assert(
      fc.property(id, id, id, (a, b, c) => {
        expect(Math.sign(compareIds(a, b))).toBe(-Math.sign(compareIds(b, a)) + 0);
        if (compareIds(a, b) <= 0 && compareIds(b, c) <= 0) {
          expect(compareIds(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});
