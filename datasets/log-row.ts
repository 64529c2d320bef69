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
  /** Number of the file among those of the log, from 0. @default 0 */
  file?: number;
}

/** Whether a row says the same of the same user, item and time as another. */
export function sameRow(a: LogRow, b: LogRow): boolean {
  return (
    a.at === b.at &&
    a.userId === b.userId &&
    a.itemId === b.itemId &&
    a.code === b.code &&
    a.value === b.value
  );
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
 * Orders rows by time, then user, item, behaviour and value, and last by file and line, so that no two
 * rows are equal, and rows that say the same are neighbours.
 */
export function compareRows(a: LogRow, b: LogRow): number {
  return (
    a.at - b.at ||
    compareIds(a.userId, b.userId) ||
    compareIds(a.itemId, b.itemId) ||
    a.code - b.code ||
    a.value - b.value ||
    (a.file ?? 0) - (b.file ?? 0) ||
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
  file?: number,
];

export const logRows: Sorting<LogRow> = {
  compare: compareRows,
  pack({ at, userId, itemId, code, value, line, file }): Packed {
    const row: Packed = [at, userId, itemId, code, value, line];
    if (file) row.push(file);
    return row;
  },
  unpack(packed) {
    const [at, userId, itemId, code, value, line, file] = packed as Packed;
    const row = { at, userId, itemId, code, value, line };
    return file ? { ...row, file } : row;
  },
  same: sameRow,
};
