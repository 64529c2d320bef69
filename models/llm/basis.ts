// A basis for a language model's vectors, so that a few numbers stand for a wide hidden state.
//
// Hidden states share a few huge dimensions: each is standardised first (mean 0, standard deviation 1 over the
// vectors given), then the principal directions are kept (Pearson 1901; Hotelling 1933). Of fewer vectors
// than dimensions the directions come from the smaller matrix of their products.

import { createHash } from 'node:crypto';
import { decodeParts, encodeParts } from '../codec.ts';
import { square } from '../power.ts';
import { symmetricEigen } from './eigen.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { abs, min, sqrt } = Math;

/** Largest number of directions kept. */
export const BASIS_WIDTH = 128;
const FORMAT = 'millrace/basis/1';

/** The numbers of a basis. */
export interface BasisArrays {
  readonly mean: Float32Array;
  /** 1 / standard deviation of each dimension; 0 if the dimension is the same everywhere. */
  readonly inverse: Float32Array;
  /**
   * Directions as a matrix [width × from], row by row: orthonormal, the direction of largest
   * variance first.
   */
  readonly directions: Float32Array;
}

export class Basis {
  /** Width of the vectors that the basis was fitted on. */
  readonly from: number;
  /** Width of the coordinates. */
  readonly width: number;
  /**
   * 128 bits of SHA-256 over the basis's bytes, in hex. Only vectors with the same id can be
   * compared.
   */
  readonly id: string;
  readonly arrays: BasisArrays;

  constructor(arrays: BasisArrays) {
    const { mean, directions } = arrays;
    this.arrays = arrays;
    this.from = mean.length;
    this.width = directions.length / mean.length;
    this.id = createHash('sha256').update(this.save()).digest('hex').slice(0, 32);
  }

  /**
   * Fits a basis.
   * @param vectors two vectors or more, of one width
   * @param width largest number of directions; there are never more than the vectors differ in
   */
  static fit(vectors: readonly ArrayLike<number>[], width = BASIS_WIDTH): Basis {
    const n = vectors.length;
    const from = vectors[0]!.length;
    const { mean, inverse, rows } = standardised(vectors, from);
    const gram = n < from;
    const { values, vectors: eigenvectors } = gram
      ? symmetricEigen(products(rows, n, from), n)
      : symmetricEigen(covariance(rows, n, from), from);
    // What is left below this is rounding.
    const floor = values[0]! * 1e-9;
    const rank = values.filter((value) => value > floor).length;
    const kept = min(width, rank);
    const directions = new Float32Array(kept * from);
    for (let k = 0; k < kept; k++) {
      const direction = new Float64Array(from);
      if (gram) {
        for (let i = 0; i < n; i++) {
          const share = eigenvectors[k * n + i]! / sqrt(values[k]!);
          for (let d = 0; d < from; d++) direction[d]! += share * rows[i * from + d]!;
        }
      } else direction.set(eigenvectors.subarray(k * from, (k + 1) * from));
      const sign = signOf(direction);
      for (let d = 0; d < from; d++) directions[k * from + d] = sign * direction[d]!;
    }
    return new Basis({ mean, inverse, directions });
  }

  /**
   * Coordinates of a vector along the directions, scaled to length 1; zeros if it has no direction.
   */
  project(vector: ArrayLike<number>): Float32Array {
    const { from, width } = this;
    const { mean, inverse, directions } = this.arrays;
    const z = new Float64Array(from);
    for (let d = 0; d < from; d++) z[d] = (vector[d]! - mean[d]!) * inverse[d]!;
    const projected = new Float64Array(width);
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (let d = 0, at = k * from; d < from; d++, at++) sum += directions[at]! * z[d]!;
      projected[k] = sum;
    }
    return unit(projected);
  }

  save(): Uint8Array {
    const { mean, inverse, directions } = this.arrays;
    return encodeParts({ format: FORMAT, meta: {}, arrays: { mean, inverse, directions } });
  }

  /** The basis that `save` wrote. @throws MillraceError `parameters-unreadable` */
  static load(bytes: Uint8Array): Basis {
    const parts = decodeParts(bytes, FORMAT);
    return new Basis({
      mean: parts.f32('mean'),
      inverse: parts.f32('inverse'),
      directions: parts.f32('directions'),
    });
  }
}

/**
 * Sign that makes the largest entry of a direction positive: a direction and its opposite are one.
 */
function signOf(direction: Float64Array): 1 | -1 {
  let largest = 0;
  for (const value of direction) if (abs(value) > abs(largest)) largest = value;
  return largest < 0 ? -1 : 1;
}

/** Direction of the vectors: their mean, scaled to length 1; zeros if there are none. */
export function meanDirection(vectors: readonly ArrayLike<number>[], width: number): Float32Array {
  const sum = new Float64Array(width);
  for (const vector of vectors) for (let d = 0; d < width; d++) sum[d]! += vector[d]!;
  return unit(sum);
}

function unit(values: Float64Array): Float32Array {
  let squares = 0;
  for (const value of values) squares += value * value;
  const scale = squares > 0 ? 1 / sqrt(squares) : 0;
  return Float32Array.from(values, (value) => scale * value);
}

function standardised(vectors: readonly ArrayLike<number>[], width: number) {
  const n = vectors.length;
  const mean = new Float32Array(width);
  const inverse = new Float32Array(width);
  const rows = new Float64Array(n * width);
  for (let d = 0; d < width; d++) {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < n; i++) sum += vectors[i]![d]!;
    mean[d] = sum / n;
    for (let i = 0; i < n; i++) squares += square(vectors[i]![d]! - mean[d]!);
    // A dimension that is the same everywhere (up to rounding) tells nothing.
    const variance = squares / n;
    inverse[d] = variance > 1e-9 * (square(mean[d]!) + 1e-12) ? 1 / sqrt(variance) : 0;
    for (let i = 0; i < n; i++) rows[i * width + d] = (vectors[i]![d]! - mean[d]!) * inverse[d]!;
  }
  return { mean, inverse, rows };
}

/** The product Z Zᵀ, n × n. */
function products(rows: Float64Array, n: number, width: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let d = 0; d < width; d++) sum += rows[i * width + d]! * rows[j * width + d]!;
      matrix[i * n + j] = sum;
      matrix[j * n + i] = sum;
    }
  }
  return matrix;
}

/** The product Zᵀ Z, width × width. */
function covariance(rows: Float64Array, n: number, width: number): Float64Array {
  const matrix = new Float64Array(width * width);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < width; a++) {
      const value = rows[i * width + a]!;
      for (let b = 0; b <= a; b++) matrix[a * width + b]! += value * rows[i * width + b]!;
    }
  }
  for (let a = 0; a < width; a++) {
    for (let b = 0; b < a; b++) matrix[b * width + a] = matrix[a * width + b]!;
  }
  return matrix;
}
