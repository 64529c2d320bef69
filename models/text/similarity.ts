// Item vectors side by side: what a user liked, as a direction, and how near each item is to it.
//
// Vectors of a language model share a few huge dimensions, which drown the cosine; so every
// dimension is standardised first (mean 0, standard deviation 1 over the items).
import { dot } from '../retrieval/dot.ts';
import { Heap } from '../retrieval/heap.ts';
import { Hnsw } from '../retrieval/hnsw.ts';

export interface VectorIndexOptions {
  /**
   * Number of vectors before which there is no standardisation, and so no similarity.
   * @default 20
   */
  readonly minimum?: number;
  /**
   * Largest number of vectors that is searched one by one; beyond it a graph takes over, which
   * links two vectors with each that is added.
   * @default 8192: a search takes as long as linking six vectors
   * (docs/decisions/0011-nearest-vectors.md)
   */
  readonly exactUpTo?: number;
}

/** Number of rows that a search of the graph keeps in view: it finds 99.7 % of the nearest 30. */
const BREADTH = 100;

export class VectorIndex {
  readonly width: number;
  readonly #minimum: number;
  readonly #exactUpTo: number;
  /** The graph, which holds the rows below its size. */
  readonly #graph: Hnsw;
  readonly #best = new Heap();
  readonly #rows = new Map<string, number>();
  readonly #ids: string[] = [];
  /** Vectors as they were added, row by row. */
  #raw: Float32Array;
  /** Standardised vectors of length 1; zeros for a vector without direction. */
  #unit: Float32Array;
  readonly #mean: Float64Array;
  readonly #inverse: Float64Array;
  /** Number of rows that the standardisation in use was taken from. */
  #standardisedAt = 0;

  /** @param width length of every vector */
  constructor(width: number, options: VectorIndexOptions = {}) {
    this.width = width;
    this.#minimum = options.minimum ?? 20;
    this.#exactUpTo = options.exactUpTo ?? 8192;
    const index = this;
    this.#graph = new Hnsw({
      width,
      get values() {
        return index.#unit;
      },
    });
    this.#raw = new Float32Array(64 * width);
    this.#unit = new Float32Array(64 * width);
    this.#mean = new Float64Array(width);
    this.#inverse = new Float64Array(width);
  }

  get size(): number {
    return this.#ids.length;
  }

  has(itemId: string): boolean {
    return this.#rows.has(itemId);
  }

  /** The item's vector as it was added. The array is written over when the item gets another. */
  vector(itemId: string): Float32Array | undefined {
    const row = this.#rows.get(itemId);
    return row === undefined
      ? undefined
      : this.#raw.subarray(row * this.width, (row + 1) * this.width);
  }

  /**
   * Adds a vector, or replaces the item's earlier one.
   * @returns false, without adding it, for a vector of another width
   */
  add(itemId: string, vector: ArrayLike<number>): boolean {
    if (vector.length !== this.width) return false;
    const row = this.#rows.get(itemId) ?? this.#append(itemId);
    const base = row * this.width;
    for (let d = 0; d < this.width; d++) this.#raw[base + d] = vector[d]!;
    // Means hardly move once there are many rows: standardise anew per twentieth of growth.
    if (this.size >= this.#minimum && this.size >= this.#standardisedAt * 1.05) this.#standardise();
    else this.#project(row);
    if (row < this.#graph.size) this.#graph.add(row);
    else if (this.size > this.#exactUpTo) this.#link(2);
    return true;
  }

  /**
   * Direction of the liked items: the mean of their standardised vectors, of length 1; null if none
   * has one.
   */
  profile(likedItemIds: readonly string[]): Float32Array | null {
    const profile = new Float32Array(this.width);
    let found = 0;
    for (const itemId of likedItemIds) {
      const row = this.#rows.get(itemId);
      if (row === undefined) continue;
      found += 1;
      const base = row * this.width;
      for (let d = 0; d < this.width; d++) profile[d]! += this.#unit[base + d]!;
    }
    return found > 0 && normalise(profile, 0, this.width) ? profile : null;
  }

  /** Cosine of the item with a profile, −1 to 1; null without a profile or a vector. */
  similarity(profile: Float32Array | null, itemId: string): number | null {
    const row = this.#rows.get(itemId);
    if (profile === null || row === undefined || this.#standardisedAt === 0) return null;
    // One sum, in order: this number is logged, and a replay must give it to the last bit.
    let cosine = 0;
    const base = row * this.width;
    for (let d = 0; d < this.width; d++) cosine += profile[d]! * this.#unit[base + d]!;
    return Math.max(-1, Math.min(1, cosine));
  }

  /**
   * The `n` items nearest to the profile, the nearest first; ties by the order of adding. With a
   * graph, nearly all of the nearest are found; the same adds in the same order give the same
   * items.
   */
  nearest(profile: Float32Array | null, n: number): { itemId: string; similarity: number }[] {
    if (profile === null || this.#standardisedAt === 0) return [];
    const best = this.#best;
    best.clear();
    for (const { row, score } of this.#graph.search(profile, n, BREADTH)) {
      best.offer(score, row, n);
    }
    const { width } = this;
    for (let row = this.#graph.size; row < this.size; row++) {
      best.offer(dot(profile, 0, this.#unit, row * width, width), row, n);
    }
    return best.drain().map(({ row, score }) => ({ itemId: this.#ids[row]!, similarity: score }));
  }

  /** Puts the next rows into the graph. */
  #link(most: number): void {
    for (let i = 0; i < most && this.#graph.size < this.size; i++) {
      this.#graph.add(this.#graph.size);
    }
  }

  #append(itemId: string): number {
    const row = this.#ids.push(itemId) - 1;
    this.#rows.set(itemId, row);
    if (this.#raw.length < (row + 1) * this.width) {
      const grown = (array: Float32Array) => {
        const larger = new Float32Array(array.length * 2);
        larger.set(array);
        return larger;
      };
      this.#raw = grown(this.#raw);
      this.#unit = grown(this.#unit);
    }
    return row;
  }

  #standardise(): void {
    const n = this.size;
    this.#standardisedAt = n;
    const sum = new Float64Array(this.width);
    const squares = new Float64Array(this.width);
    this.#eachValue((d, value) => {
      sum[d]! += value;
    });
    this.#eachValue((d, value) => {
      const off = value - sum[d]! / n;
      squares[d]! += off * off;
    });
    for (let d = 0; d < this.width; d++) {
      const mean = sum[d]! / n;
      const variance = squares[d]! / n;
      this.#mean[d] = mean;
      // A dimension that is the same everywhere (up to rounding) tells nothing.
      this.#inverse[d] = variance > 1e-9 * (mean * mean + 1e-12) ? 1 / Math.sqrt(variance) : 0;
    }
    for (let row = 0; row < n; row++) this.#project(row);
  }

  #eachValue(act: (d: number, value: number) => void): void {
    for (let row = 0, at = 0; row < this.size; row++) {
      for (let d = 0; d < this.width; d++, at++) act(d, this.#raw[at]!);
    }
  }

  #project(row: number): void {
    const base = row * this.width;
    for (let d = 0; d < this.width; d++) {
      this.#unit[base + d] = (this.#raw[base + d]! - this.#mean[d]!) * this.#inverse[d]!;
    }
    normalise(this.#unit, base, this.width);
  }
}

/** Scales a row to length 1. @returns false if it has no direction */
function normalise(array: Float32Array, base: number, width: number): boolean {
  let squares = 0;
  for (let d = base; d < base + width; d++) squares += array[d]! * array[d]!;
  if (!(squares > 0)) return false;
  const scale = 1 / Math.sqrt(squares);
  for (let d = base; d < base + width; d++) array[d]! *= scale;
  return true;
}
