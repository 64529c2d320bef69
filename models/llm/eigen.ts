// Eigenvalues and eigenvectors of a symmetric matrix: to tridiagonal form by reflections, then QL with
// implicit shifts (Bowdler, Martin, Reinsch & Wilkinson 1968; tred2 and tql2 of EISPACK). About 9 n³
// operations, in a fixed order and with square roots alone, so equal matrices give equal bits.

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { abs, max, sqrt } = Math;

export interface Eigen {
  /** Eigenvalues, the largest first. */
  readonly values: Float64Array;
  /** Eigenvectors of length 1, row by row; row i belongs to value i. */
  readonly vectors: Float64Array;
}

/** Eigenvalues and eigenvectors. @param matrix symmetric, n × n; it is not changed */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const V = Float64Array.from(matrix);
  const [d, e] = [new Float64Array(n), new Float64Array(n)];
  tridiagonalise(V, d, e, n);
  diagonalise(V, d, e, n);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => d[j]! - d[i]! || i - j);
  const vectors = new Float64Array(n * n);
  for (const [row, column] of order.entries()) {
    for (let i = 0; i < n; i++) vectors[row * n + i] = V[i * n + column]!;
  }
  return { values: Float64Array.from(order, (i) => d[i]!), vectors };
}

/** Makes V the product of the reflections, d the diagonal, and e the subdiagonal from 1 on. */
function tridiagonalise(V: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) d[j] = V[(n - 1) * n + j]!;
  for (let i = n - 1; i > 0; i--) {
    let scale = 0;
    let h = 0;
    for (let k = 0; k < i; k++) scale += abs(d[k]!);
    if (scale === 0) {
      e[i] = d[i - 1]!;
      for (let j = 0; j < i; j++) {
        d[j] = V[(i - 1) * n + j]!;
        V[i * n + j] = 0;
        V[j * n + i] = 0;
      }
    } else {
      for (let k = 0; k < i; k++) {
        d[k]! /= scale;
        h += d[k]! * d[k]!;
      }
      const f = d[i - 1]!;
      const g = f > 0 ? -sqrt(h) : sqrt(h);
      e[i] = scale * g;
      h -= f * g;
      d[i - 1] = f - g;
      reflect(V, d, e, n, i, h);
    }
    d[i] = h;
  }
  for (let i = 0; i < n - 1; i++) accumulate(V, d, n, i);
  for (let j = 0; j < n; j++) {
    d[j] = V[(n - 1) * n + j]!;
    V[(n - 1) * n + j] = 0;
  }
  V[n * n - 1] = 1;
  e[0] = 0;
}

/** Applies one reflection to the leading i × i block. */
function reflect(
  V: Float64Array,
  d: Float64Array,
  e: Float64Array,
  n: number,
  i: number,
  h: number,
): void {
  for (let j = 0; j < i; j++) e[j] = 0;
  for (let j = 0; j < i; j++) {
    const f = d[j]!;
    V[j * n + i] = f;
    let g = e[j]! + V[j * n + j]! * f;
    for (let k = j + 1; k < i; k++) {
      const v = V[k * n + j]!;
      g += v * d[k]!;
      e[k]! += v * f;
    }
    e[j] = g;
  }
  let f = 0;
  for (let j = 0; j < i; j++) {
    e[j]! /= h;
    f += e[j]! * d[j]!;
  }
  const half = f / (h + h);
  for (let j = 0; j < i; j++) e[j]! -= half * d[j]!;
  for (let j = 0; j < i; j++) {
    const [dj, ej] = [d[j]!, e[j]!];
    for (let k = j; k < i; k++) V[k * n + j]! -= dj * e[k]! + ej * d[k]!;
    d[j] = V[(i - 1) * n + j]!;
    V[i * n + j] = 0;
  }
}

function accumulate(V: Float64Array, d: Float64Array, n: number, i: number): void {
  V[(n - 1) * n + i] = V[i * n + i]!;
  V[i * n + i] = 1;
  const h = d[i + 1]!;
  if (h !== 0) {
    for (let k = 0; k <= i; k++) d[k] = V[k * n + i + 1]! / h;
    for (let j = 0; j <= i; j++) {
      let g = 0;
      for (let k = 0; k <= i; k++) g += V[k * n + i + 1]! * V[k * n + j]!;
      for (let k = 0; k <= i; k++) V[k * n + j]! -= g * d[k]!;
    }
  }
  for (let k = 0; k <= i; k++) V[k * n + i + 1] = 0;
}

/** Makes d the eigenvalues, and the columns of V the eigenvectors. */
function diagonalise(V: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let i = 1; i < n; i++) e[i - 1] = e[i]!;
  e[n - 1] = 0;
  let shift = 0;
  let largest = 0;
  for (let l = 0; l < n; l++) {
    largest = max(largest, abs(d[l]!) + abs(e[l]!));
    let m = l;
    while (m < n - 1 && abs(e[m]!) > Number.EPSILON * largest) m += 1;
    while (m > l) {
      let g = d[l]!;
      let p = (d[l + 1]! - g) / (2 * e[l]!);
      let r = sqrt(p * p + 1);
      if (p < 0) r = -r;
      d[l] = e[l]! / (p + r);
      d[l + 1] = e[l]! * (p + r);
      const next = d[l + 1]!;
      let h = g - d[l]!;
      for (let i = l + 2; i < n; i++) d[i]! -= h;
      shift += h;
      p = d[m]!;
      let [c, c2, c3] = [1, 1, 1];
      const after = e[l + 1]!;
      let [s, s2] = [0, 0];
      for (let i = m - 1; i >= l; i--) {
        c3 = c2;
        c2 = c;
        s2 = s;
        g = c * e[i]!;
        h = c * p;
        r = sqrt(p * p + e[i]! * e[i]!);
        e[i + 1] = s * r;
        s = e[i]! / r;
        c = p / r;
        p = c * d[i]! - s * g;
        d[i + 1] = h + s * (c * g + s * d[i]!);
        for (let k = 0, at = i; k < n; k++, at += n) {
          const v = V[at + 1]!;
          V[at + 1] = s * V[at]! + c * v;
          V[at] = c * V[at]! - s * v;
        }
      }
      p = (-s * s2 * c3 * after * e[l]!) / next;
      e[l] = s * p;
      d[l] = c * p;
      if (!(abs(e[l]!) > Number.EPSILON * largest)) break;
    }
    d[l]! += shift;
    e[l] = 0;
  }
}
