// One readable row of a log, and the order in which a log is replayed.
import type { Sorting } from './sort.ts';

export interface LogRow {
  /** Event time, ms since the epoch. */
  at: number;
  userId: string;
  itemId: string;
  /** What happened: an index into the data set's own table of behaviours, in order of replay. */
  code: number;
  /** Value in the unit of the log, such as stars or watch ratio; 0 if the code says everything. */
  value: number;
  /** Line of the file, from 1. */
  line: number;
}

const INTEGER = /^(?:0|[1-9]\d*)$/;

/**
 * A total order of ids: integers by their value, then everything else by code unit. (Comparing a
 * mixed pair as text instead would not be transitive: 9 < 10, "10" < "1a", "1a" < "9".)
 */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  const aWhole = INTEGER.test(a);
  const bWhole = INTEGER.test(b);
  if (aWhole !== bWhole) return aWhole ? -1 : 1;
  if (aWhole && a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

/**
 * Orders rows by time, then user, item and behaviour, and last by line, so that no two rows are
 * equal.
 */
export function compareRows(a: LogRow, b: LogRow): number {
  return (
    a.at - b.at ||
    compareIds(a.userId, b.userId) ||
    compareIds(a.itemId, b.itemId) ||
    a.code - b.code ||
    a.line - b.line
  );
}

type Packed = [
  at: number,
  userId: string,
  itemId: string,
  code: number,
  value: number,
  line: number,
];

export const logRows: Sorting<LogRow> = {
  compare: compareRows,
  pack: ({ at, userId, itemId, code, value, line }): Packed => [
    at,
    userId,
    itemId,
    code,
    value,
    line,
  ],
  unpack(packed) {
    const [at, userId, itemId, code, value, line] = packed as Packed;
    return { at, userId, itemId, code, value, line };
  },
};
