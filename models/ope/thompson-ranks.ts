// What Thompson sampling shows where, exactly: each item's rate is drawn from its own Beta distribution, and
// the items stand in the order of their rates.
//
//   P(item i stands at position r) = ∫ f_i(x) P(exactly r of the others have a rate above x) dx
//
// The probability inside is Poisson binomial. The integral is taken by the midpoint rule on a grid that is
// finer near 0, where rates of clicks lie.

/** Number of cells of the grid. */
const CELLS = 4000;
/** Standard deviations above its mean at which an item's density counts as 0. */
const REACH = 14;

/** A Beta distribution; α is at least 1, so that its density is finite. */
export interface Beta {
  readonly alpha: number;
  readonly beta: number;
}

/**
 * Probability that each item stands at each of the first positions: one row an item, one number a
 * position. A column sums to 1.
 * @param rates distribution of each item's rate, at least `positions` of them
 */
export function thompsonRanks(rates: readonly Beta[], positions: number): number[][] {
  const most = Math.min(1, Math.max(...rates.map(upperEnd)));
  const grid = Array.from({ length: CELLS }, (_, k) => {
    const [from, to] = [k / CELLS, (k + 1) / CELLS];
    return { x: most * ((from + to) / 2) * ((from + to) / 2), dx: most * (to * to - from * from) };
  });
  const cells = rates.map((rate) => masses(rate, grid));
  const ranks = rates.map(() => new Array<number>(positions).fill(0));
  const above = rates.map(() => 1);
  for (let k = 0; k < CELLS; k++) {
    // Of two in one cell each is above the other half the time.
    for (const [i, mass] of cells.entries()) above[i]! -= mass[k]! / 2;
    for (const [i, mass] of cells.entries()) {
      if (mass[k]! === 0) continue;
      const better = countsAbove(above, i, positions);
      for (let r = 0; r < positions; r++) ranks[i]![r]! += mass[k]! * better[r]!;
    }
    for (const [i, mass] of cells.entries()) above[i]! -= mass[k]! / 2;
  }
  return scaled(ranks, positions);
}

function upperEnd({ alpha, beta }: Beta): number {
  const n = alpha + beta;
  const mean = alpha / n;
  return mean + REACH * Math.sqrt((mean * (1 - mean)) / (n + 1));
}

/** Probability of each cell. */
function masses({ alpha, beta }: Beta, grid: readonly { x: number; dx: number }[]): Float64Array {
  const logs = grid.map(({ x }) => (alpha - 1) * Math.log(x) + (beta - 1) * Math.log1p(-x));
  const most = Math.max(...logs);
  const mass = Float64Array.from(grid, ({ dx }, k) => Math.exp(logs[k]! - most) * dx);
  const total = mass.reduce((sum, one) => sum + one, 0);
  return mass.map((one) => one / total);
}

/** Probability that exactly 0, 1, … of the others are above. */
function countsAbove(above: readonly number[], own: number, positions: number): Float64Array {
  const counts = new Float64Array(positions);
  counts[0] = 1;
  for (const [j, p] of above.entries()) {
    if (j === own) continue;
    for (let r = positions - 1; r > 0; r--) counts[r] = counts[r]! * (1 - p) + counts[r - 1]! * p;
    counts[0]! *= 1 - p;
  }
  return counts;
}

/** The columns scaled to a sum of 1, which takes out what the grid has lost. */
function scaled(ranks: readonly number[][], positions: number): number[][] {
  const sums = Array.from({ length: positions }, (_, r) =>
    ranks.reduce((sum, row) => sum + row[r]!, 0),
  );
  return ranks.map((row) => row.map((p, r) => p / sums[r]!));
}
