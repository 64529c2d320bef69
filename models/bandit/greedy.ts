// Exploration of a greedy order as log-probabilities, so that Plackett–Luce draws slates of it.

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { log, max } = Math;

/** Smallest probability whose logarithm is taken, so that logarithms stay finite. */
const LEAST = 1e-12;

/**
 * Probabilities such that Plackett–Luce, after the best r items, takes the best of what is left with
 * probability `best(r)`; what the first k leave over is shared by the weights of the others (`last`:
 * the k-th best).
 */
export function inOrder(
  values: ArrayLike<number>,
  k: number,
  best: (rank: number, left: readonly number[]) => number,
  weight: (item: number, last: number, left: readonly number[]) => number = () => 1,
): Float64Array {
  const p = new Float64Array(values.length);
  const left = Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => values[b]! - values[a]! || a - b,
  );
  let mass = 1;
  let last = left[0] ?? -1;
  for (let rank = 0; rank < k && left.length > 1; rank++) {
    const share = best(rank, left);
    last = left.shift()!;
    p[last] = mass * share;
    mass *= 1 - share;
  }
  const weights = left.map((item) => weight(item, last, left));
  const total = weights.reduce((sum, one) => sum + one, 0);
  for (const [i, item] of left.entries()) p[item] = (mass * weights[i]!) / total;
  return p;
}

/**
 * ε-greedy: each position takes the best of the m items left with probability 1 − ε + ε / m (Sutton
 * & Barto 2018, 2.2).
 */
export function epsilonGreedy(values: ArrayLike<number>, k: number, epsilon: number): Float64Array {
  return inOrder(values, k, (_, { length }) => 1 - epsilon + epsilon / length);
}

/** Scores whose softmax at temperature 1 is the distribution. */
export function logOf(probabilities: Float64Array): Float64Array {
  return probabilities.map((p) => log(max(p, LEAST)));
}
