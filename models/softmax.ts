// Numbers as shares of a whole.

/** Shares in proportion to e^(value / temperature). */
export function softmax(values: readonly number[], temperature = 1): number[] {
  const most = Math.max(...values);
  const weights = values.map((value) => Math.exp((value - most) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
