// W h for many h: products of a matrix that is read a block of rows at a time with a few vectors.

/** Number of rows of W at a time: 256 rows of 576 doubles are a little over 1 MB. */
const BLOCK = 256;

export interface Rows {
  readonly rows: number;
  readonly width: number;
  /** Fills `into` with rows `from` to `to` (exclusive), row by row. */
  read(from: number, to: number, into: Float64Array): void;
}

/**
 * Two rows with four vectors at a time: each number that is fetched takes part in two or four products,
 * which is more than twice as fast as one product after the other.
 *
 * @returns for each vector, one number a row
 */
export function products(matrix: Rows, vectors: readonly Float64Array[]): Float32Array[] {
  const { rows, width } = matrix;
  const results = vectors.map(() => new Float32Array(rows));
  const block = new Float64Array(BLOCK * width);
  for (let first = 0; first < rows; first += BLOCK) {
    const last = Math.min(rows, first + BLOCK);
    matrix.read(first, last, block);
    const [evenRows, fours] = [first + 2 * Math.floor((last - first) / 2), vectors.length & ~3];
    for (let v = 0; v < fours; v += 4) {
      for (let row = first; row < evenRows; row += 2) {
        twoByFour(block, (row - first) * width, vectors, v, width, results, row);
      }
    }
    for (const [v, vector] of vectors.entries()) {
      // What the pairs and fours left over.
      for (let row = v < fours ? evenRows : first; row < last; row++) {
        results[v]![row] = dot(block, (row - first) * width, vector, width);
      }
    }
  }
  return results;
}

function twoByFour(
  block: Float64Array,
  at: number,
  vectors: readonly Float64Array[],
  v: number,
  width: number,
  results: readonly Float32Array[],
  row: number,
): void {
  const [a, b, c, d] = [vectors[v]!, vectors[v + 1]!, vectors[v + 2]!, vectors[v + 3]!];
  let [a0, b0, c0, d0, a1, b1, c1, d1] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < width; i++) {
    const [w0, w1] = [block[at + i]!, block[at + width + i]!];
    const [x, y, z, u] = [a[i]!, b[i]!, c[i]!, d[i]!];
    a0 += w0 * x;
    b0 += w0 * y;
    c0 += w0 * z;
    d0 += w0 * u;
    a1 += w1 * x;
    b1 += w1 * y;
    c1 += w1 * z;
    d1 += w1 * u;
  }
  results[v]!.set([a0, a1], row);
  results[v + 1]!.set([b0, b1], row);
  results[v + 2]!.set([c0, c1], row);
  results[v + 3]!.set([d0, d1], row);
}

function dot(block: Float64Array, at: number, vector: Float64Array, width: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += block[at + i]! * vector[i]!;
  return sum;
}
