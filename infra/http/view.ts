// The SQL behind a panel of the page: a view as it is, thinned to what a chart shows, or by quarters.
import type { Column } from './columns.ts';

/** Stands in the SQL of a view for whose answers the page shows; see `sqlOf` in views.ts. */
export const OUTCOMES = '{outcomes}';

type Columns = Record<string, Column<unknown>>;

export interface View<C extends Columns> {
  name: string;
  sql: string;
  columns: C;
}

export type RowOf<V> =
  V extends View<infer C> ? { [K in keyof C]: ReturnType<C[K]['read']> } : never;

/**
 * Largest number of points in one line of a chart; more than a screen shows would only cost
 * bandwidth.
 */
const MAX_POINTS = 200;

const selected = (columns: Columns) =>
  Object.entries(columns)
    .map(([name, column]) => column.select(name))
    .join(', ');

export function view<C extends Columns>(name: string, columns: C, rest: string): View<C> {
  return { name, columns, sql: `select ${selected(columns)} from ${name} ${rest}` };
}

/** A view over time, thinned to evenly spaced rows of each series; its first and last rows stay. */
export function series<C extends Columns>(
  name: string,
  by: string,
  at: string,
  columns: C,
  where = '',
): View<C> {
  const step = `greatest(1, intDiv(total + ${MAX_POINTS - 2}, ${MAX_POINTS - 1}))`;
  const numbered =
    `select *, row_number() over (partition by ${by} order by ${at}) as n,` +
    ` count() over (partition by ${by}) as total from ${name} ${where}`;
  const sql =
    `select ${selected(columns)} from (${numbered})` +
    ` where n = total or (n - 1) % ${step} = 0 order by ${by}, n`;
  return { name, columns, sql };
}

/**
 * A view by month as one by quarter, for a line that can be read. `means` are averaged by `weight`;
 * an AUC so averaged is the mean of the AUCs within months. Quarters below `least` are left out.
 */
export function quarters<C extends Columns>(
  name: string,
  by: string,
  { weight, least, means }: { weight: string; least: number; means: string[] },
  columns: C,
): View<C> {
  const mean = (column: string) =>
    `sumIf(${column} * ${weight}, isFinite(${column})) / sumIf(${weight}, isFinite(${column}))` +
    ` as mean_${column}`;
  // Not toStartOfQuarter: a Date ends in 2149.
  const quarter = 'makeDate32(toYear(bucket), 3 * toQuarter(bucket) - 2, 1) as quarter';
  const months = `${quarter}, sum(${weight}) as total`;
  const renamed = ['quarter as bucket', `total as ${weight}`].concat(
    means.map((column) => `mean_${column} as ${column}`),
  );
  const grouped =
    `select ${by}, ${months}, ${means.map(mean).join(', ')} from ${name}` +
    ` group by ${by}, quarter having total >= ${least}`;
  const sql =
    `select ${selected(columns)} from (select ${by}, ${renamed.join(', ')} from (${grouped}))` +
    ` order by ${by}, bucket`;
  return { name, columns, sql };
}
