// What a user's own visits say of the next: how often, how lately, at such an hour, after such a place.
import {
  days,
  hourOf,
  hours,
  hoursApart,
  isWeekend,
  type VisitQuery,
  weekdayOf,
} from './visits.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { abs, exp, log, log1p, max } = Math;

/** Names of the columns in order, with the weights they start from. All are ln(1 + 4 ·) of sums. */
export const OWN = [
  ['own visits', 0.015],
  ['own visits, fading over 10 days', 0.01],
  ['own visits, fading over 60 days', 0.01],
  ['own visits near this hour', 0.015],
  ['own visits near this hour of such days', 0.015],
  ['own visits near this hour of this weekday', 0.005],
  ['own visits within minutes of this hour', 0.005],
  ['own next after the last place', 0.015],
  ['own next after the last place, after as long', 0.01],
  ['own next after the last two places', 0.005],
  ['own next near this hour after the last place', 0.005],
  ['the last place, within an hour', 0],
  ['the last place, within 8 hours', 0],
  ['the last place, later', 0],
  ['recency: 1 over the number of places since', 0.005],
  ['visited once', 0],
] as const;

/** Largest number of visits that are looked back on. */
const LOOK_BACK = 800;

/** Fills the columns, each as long as the number of places. */
export function fillOwn(query: VisitQuery, columns: readonly Float64Array[]): void {
  for (const column of columns) column.fill(0);
  const from = max(0, query.items.length - LOOK_BACK);
  for (let i = from; i < query.items.length; i++) addVisit(query, i, columns);
  addLast(query, columns);
  const touched = new Set(query.items.slice(from));
  const [all] = columns as [Float64Array];
  for (const item of touched) {
    columns[15]![item] = all[item] === 1 ? 1 : 0;
    for (let f = 0; f < 11; f++) columns[f]![item] = log1p(4 * columns[f]![item]!);
  }
}

/** Weight of a visit `apart` from an hour, for a bell of a width in hours. */
const bell = (apart: number, width: number) => exp((-apart * apart) / (2 * width * width));

function addVisit(query: VisitQuery, i: number, columns: readonly Float64Array[]): void {
  const { items, times, at } = query;
  const [item, then] = [items[i]!, times[i]!];
  const age = max(0, days(at - then));
  const apart = hoursApart(hourOf(at), hourOf(then));
  const fading = exp(-age / 150);
  const add = (f: number, value: number) => {
    columns[f]![item]! += value;
  };
  add(0, 1);
  add(1, exp(-age / 10));
  add(2, exp(-age / 60));
  add(3, fading * bell(apart, 2));
  add(4, fading * bell(apart, 1.5) * (isWeekend(at) === isWeekend(then) ? 1 : 0.1));
  if (weekdayOf(at) === weekdayOf(then)) add(5, fading * bell(apart, 1.5));
  add(6, fading * bell(apart, 0.4));
  const last = items.at(-1);
  if (i === 0 || items[i - 1] !== last) return;
  add(7, fading);
  const [gap, gapThen] = [hours(at - times.at(-1)!), hours(then - times[i - 1]!)];
  add(8, fading * exp(-2 * abs(log((max(0, gap) + 0.5) / (max(0, gapThen) + 0.5)))));
  if (i > 1 && items[i - 2] === items.at(-2)) add(9, fading);
  add(10, fading * bell(apart, 2));
}

function addLast({ items, times, at }: VisitQuery, columns: readonly Float64Array[]): void {
  const last = items.at(-1);
  if (last === undefined) return;
  const gap = hours(at - times.at(-1)!);
  columns[gap < 1 ? 11 : gap < 8 ? 12 : 13]![last] = 1;
  const seen = new Set<number>();
  for (let i = items.length - 1; i >= 0 && seen.size < 20; i--) {
    if (seen.has(items[i]!)) continue;
    seen.add(items[i]!);
    columns[14]![items[i]!] = 1 / seen.size;
  }
}
