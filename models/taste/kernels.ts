// How alike users are, and items: by what is known of them, and by who chose what.
import { symmetricEigen } from '../llm/eigen.ts';

/** A symmetric matrix, n × n, row by row. */
export interface Kernel {
  readonly n: number;
  readonly values: Float64Array;
}

export interface Choice {
  readonly user: number;
  readonly item: number;
}

/** XXᵀ of the rows of X, its columns centred, scaled to a mean of 1 on the diagonal. */
export function featureKernel(rows: readonly (readonly number[])[]): Kernel {
  const means = (rows[0] ?? []).map(
    (_, c) => rows.reduce((sum, row) => sum + row[c]!, 0) / rows.length,
  );
  const centred = rows.map((row) => row.map((x, c) => x - means[c]!));
  return scaled(gram(centred));
}

export interface ChoiceKernels {
  readonly users: Kernel;
  readonly items: Kernel;
}

/**
 * Kernels of users and of items by the first `rank` singular vectors of who chose what, each item's column
 * standardised: (chosen − share) / √(share (1 − share)). What was chosen says something of a taste, whatever
 * the stars were then (Koren 2008).
 */
export function choiceKernels(
  users: number,
  items: number,
  chosen: readonly Choice[],
  rank: number,
): ChoiceKernels {
  const table = Array.from({ length: users }, () => new Array<number>(items).fill(0));
  for (const { user, item } of chosen) table[user]![item] = 1;
  for (let item = 0; item < items; item++) {
    const share = table.reduce((sum, row) => sum + row[item]!, 0) / users;
    const spread = Math.sqrt(share * (1 - share)) || 1;
    for (const row of table) row[item] = (row[item]! - share) / spread;
  }
  const columns = Array.from({ length: items }, (_, item) => table.map((row) => row[item]!));
  const { values, vectors } = symmetricEigen(gram(columns).values, items);
  const kept = Array.from({ length: Math.min(rank, items) }, (_, k) =>
    vectors.subarray(k * items, (k + 1) * items),
  );
  const root = (k: number) => Math.sqrt(Math.max(0, values[k]!));
  return {
    items: scaled(gram(columns.map((_, item) => kept.map((vector, k) => vector[item]! * root(k))))),
    users: scaled(gram(table.map((row) => kept.map((vector) => dot(row, vector))))),
  };
}

/** Inner products of all rows. */
function gram(rows: readonly (readonly number[])[]): Kernel {
  const n = rows.length;
  const values = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(rows[i]!, rows[j]!);
      values[i * n + j] = product;
      values[j * n + i] = product;
    }
  }
  return { n, values };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function scaled({ n, values }: Kernel): Kernel {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += values[i * n + i]!;
  const factor = trace > 0 ? n / trace : 0;
  return { n, values: values.map((value) => value * factor) };
}
