// Rows of a view to the columns of a chart.

import { inOrder } from './colours.js';

/**
 * @param spec `by` series column, `x` and `y` columns, `scaleX` divisor of x, `names?` allowed
 * @returns `{ names, data: [xs, ...ys] }` with null where a series has no value at an x
 */
export function columnsOf(rows, { by, x, y, scaleX = 1, names: allowed }) {
  const usable = rows.filter(
    (row) => row[y] !== null && row[x] !== null && (!allowed || allowed.includes(row[by])),
  );
  const present = new Set(usable.map((row) => row[by]));
  const names = allowed ? allowed.filter((name) => present.has(name)) : [...present].sort(inOrder);
  const xs = [...new Set(usable.map((row) => row[x] / scaleX))].sort((a, b) => a - b);
  const place = new Map(xs.map((value, index) => [value, index]));
  const ys = names.map(() => new Array(xs.length).fill(null));
  for (const row of usable) ys[names.indexOf(row[by])][place.get(row[x] / scaleX)] = row[y];
  return { names, data: [xs, ...ys] };
}
