// A user's visits to places, and when the next one is asked about.

export interface Visits {
  /** Places, oldest first. */
  readonly items: readonly number[];
  /** Local time of each as if it were UTC, ms. */
  readonly times: readonly number[];
}

export interface VisitQuery extends Visits {
  /** Local time that is asked about, ms. */
  readonly at: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Hour of the day, 0 to 24, with its fraction. */
export const hourOf = (at: number) => (at % DAY_MS) / HOUR_MS;

/** Day of the week, 0 a Monday. */
export const weekdayOf = (at: number) => (Math.floor(at / DAY_MS) + 3) % 7;

export const isWeekend = (at: number) => weekdayOf(at) >= 5;

/** Hours between two hours of the day, the shorter way round. */
export function hoursApart(one: number, other: number): number {
  const apart = Math.abs(one - other);
  return Math.min(apart, 24 - apart);
}

export const days = (ms: number) => ms / DAY_MS;
export const hours = (ms: number) => ms / HOUR_MS;
