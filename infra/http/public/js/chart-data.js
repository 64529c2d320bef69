// Rows of a view to the columns of a chart.
import { inOrder } from './colours.js';

/** The places on the x axis; with a `step` all of them, so that a silent second shows as such. */
function placesOf(values, step) {
  const xs = [...new Set(values)].sort((a, b) => a - b);
  if (!step || xs.length === 0) return xs;
  return Array.from({ length: (xs.at(-1) - xs[0]) / step + 1 }, (_, i) => xs[0] + i * step);
}

/**
 * @param spec `by` series column, `x` and `y` columns, `per?` column that divides y, `scaleX` divisor
 *   of x, `from?` least x, `names?` allowed, `step?` distance of the xs when an absent row means 0
 * @returns `{ names, data: [xs, ...ys] }` with null where a series has no value at an x
 */
export function columnsOf(rows, { by, x, y, per, scaleX = 1, from, names: allowed, step }) {
  const usable = rows.filter(
    (row) =>
      row[y] !== null &&
      row[x] !== null &&
      (from === undefined || row[x] >= from) &&
      (!allowed || allowed.includes(row[by])),
  );
  const present = new Set(usable.map((row) => row[by]));
  const names = allowed ? allowed.filter((name) => present.has(name)) : [...present].sort(inOrder);
  const xs = placesOf(
    usable.map((row) => row[x] / scaleX),
    step,
  );
  const place = new Map(xs.map((value, index) => [value, index]));
  const ys = names.map(() => new Array(xs.length).fill(step ? 0 : null));
  for (const row of usable) {
    const value = per ? row[y] / row[per] : row[y];
    ys[names.indexOf(row[by])][place.get(row[x] / scaleX)] = value;
  }
  return { names, data: [xs, ...ys] };
}
