// How one column of a ClickHouse view becomes a value of the dashboard's state.
// Over JSON, ClickHouse sends 64-bit integers as strings and NaN as null.

export interface Column<T> {
  /** Gives the SQL expression that reads the column. */
  select: (name: string) => string;
  read: (value: unknown) => T;
}

const plain = (name: string) => name;

function number(value: unknown): number | null {
  if (value === null || value === undefined || value === '') return null;
  const n = Number(value);
  return Number.isFinite(n) ? n : null;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export const text: Column<string> = {
  select: plain,
  read: (value) => (value === null || value === undefined ? '' : String(value)),
};

/** A count; 0 if absent. */
export const count: Column<number> = { select: plain, read: (value) => number(value) ?? 0 };

/** A measured value; null where it is not defined, such as the AUC of a single class. */
export const metric: Column<number | null> = { select: plain, read: number };

/**
 * A Date, DateTime or DateTime64 as epoch ms, in whatever time zone the server prints; a Date is
 * its midnight in UTC.
 */
export const time: Column<number> = {
  select: (name) => `toUnixTimestamp64Milli(toDateTime64(${name}, 3, 'UTC')) as ${name}`,
  read: (value) => number(value) ?? 0,
};

export const texts: Column<string[]> = {
  select: plain,
  read: (value) => list(value).map(text.read),
};

export const metrics: Column<(number | null)[]> = {
  select: plain,
  read: (value) => list(value).map(number),
};

/** An array of booleans, or of 0 and 1. */
export const flags: Column<boolean[]> = {
  select: plain,
  read: (value) => list(value).map((flag) => flag === true || Number(flag) > 0),
};
