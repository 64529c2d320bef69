// Vectors of items from a sparse table of pairs: its leading eigenvectors, by subspace iteration (Halko,
// Martinsson & Tropp 2011) on the symmetric part. Two items that came near the same others are near each
// other, also if nobody had both.
import { square } from '../../power.ts';
import { Random } from '../../random.ts';
import type { Pairs, Sequence } from './pairs.ts';

export class Factors {
  readonly width: number;
  /** Vector of item i at i × width; eigenvectors times √|eigenvalue|. */
  readonly values: Float64Array;
  readonly #taste: Float64Array;

  /** @param seed of the first guess, which the iterations forget */
  constructor(pairs: Pairs, size: number, width: number, { rounds = 4, seed = 1 } = {}) {
    this.width = width;
    this.#taste = new Float64Array(width);
    const random = new Random(seed);
    let basis = Float64Array.from({ length: size * width }, () => random.next() - 0.5);
    orthonormal(basis, size, width);
    for (let round = 0; round < rounds; round++) {
      basis = times(pairs, basis, size, width);
      orthonormal(basis, size, width);
    }
    const image = times(pairs, basis, size, width);
    // Rayleigh quotients stand for the eigenvalues: enough for a similarity.
    for (let k = 0; k < width; k++) {
      let quotient = 0;
      for (let i = 0; i < size; i++) quotient += basis[i * width + k]! * image[i * width + k]!;
      const scale = Math.sqrt(Math.max(0, quotient));
      for (let i = 0; i < size; i++) basis[i * width + k]! *= scale;
    }
    this.values = basis;
  }

  /** Sets a column to the products of each item's vector with the sum of a history's. */
  fill(column: Float64Array, history: Sequence, keep: number, most = 30): void {
    const { width, values } = this;
    const taste = this.#taste.fill(0);
    let weight = 1;
    const from = Math.max(0, history.length - most);
    for (let i = history.length - 1; i >= from; i--, weight *= keep) {
      for (let k = 0; k < width; k++) taste[k]! += weight * values[history[i]! * width + k]!;
    }
    for (let item = 0; item * width < values.length; item++) {
      let sum = 0;
      const at = item * width;
      for (let k = 0; k < width; k++) sum += values[at + k]! * taste[k]!;
      column[item] = sum;
    }
  }
}

/** (S + Sᵀ) / 2 · basis + basis; the shift makes the largest eigenvalues those of largest size. */
function times(
  pairs: Pairs,
  basis: Float64Array,
  size: number,
  width: number,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(size * width);
  for (let i = 0; i < size; i++) {
    for (let at = pairs.starts[i]!; at < pairs.starts[i + 1]!; at++) {
      const j = pairs.ids[at]!;
      const weight = pairs.weights[at]! / 2;
      for (let k = 0; k < width; k++) {
        out[i * width + k]! += weight * basis[j * width + k]!;
        out[j * width + k]! += weight * basis[i * width + k]!;
      }
    }
  }
  return out;
}

/** Makes the columns orthonormal (modified Gram–Schmidt). */
function orthonormal(basis: Float64Array, size: number, width: number): void {
  for (let k = 0; k < width; k++) {
    for (let before = 0; before < k; before++) {
      let dot = 0;
      for (let i = 0; i < size; i++) dot += basis[i * width + k]! * basis[i * width + before]!;
      for (let i = 0; i < size; i++) basis[i * width + k]! -= dot * basis[i * width + before]!;
    }
    let squares = 0;
    for (let i = 0; i < size; i++) squares += square(basis[i * width + k]!);
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let i = 0; i < size; i++) basis[i * width + k]! *= scale;
  }
}
