// Means and spreads that stay right when the values are large and near each other: no difference of
// large sums of squares, which cancels (a mean of 10⁶ with a spread of 1 has no digit left).

/** Mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total / values.length;
}

/** Σ (x − mean)². */
export function squaredDeviations(values: ArrayLike<number>): number {
  const centre = mean(values);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const off = values[i]! - centre;
    total += off * off;
  }
  return total;
}

/** Unbiased variance, over n − 1; NaN of fewer than two. */
export function variance(values: ArrayLike<number>): number {
  return values.length < 2 ? Number.NaN : squaredDeviations(values) / (values.length - 1);
}

/** Standard error of the mean, by the unbiased variance; NaN of fewer than two. */
export function standardError(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values) / values.length);
}

/**
 * Σ (x − mean)² after one value more (Welford 1962).
 * @param n, sum and squares: number of values before it, their sum, their Σ (x − mean)²
 */
export function squaresWith(n: number, sum: number, squares: number, value: number): number {
  return n > 0 ? squares + (value - sum / n) * (value - (sum + value) / (n + 1)) : 0;
}

/** Σ (x − mean)² by Σ x², as older saved totals hold it. */
export function squaresOf(n: number, sum: number, squares: number): number {
  return n > 0 ? Math.max(0, squares - (sum / n) * sum) : 0;
}
