// What is liked after what: counts of pairs liked by one user, near each other in time.
//
// Item-based collaborative filtering (Sarwar et al. 2001; Linden et al. 2003) kept online: a pair
// weighs less the more likes lie between, and each item keeps a bounded list of neighbours.
import { power } from '../power.ts';

export interface CovisitationOptions {
  /** Number of a user's likes that a new like is paired with. @default 20 */
  readonly window?: number;
  /** Number of neighbours that an item keeps; beyond it the lightest is dropped. @default 128 */
  readonly neighbours?: number;
  /** Power by which a pair loses weight: `d` likes apart it weighs d^−falloff. @default 0.25 */
  readonly falloff?: number;
}

export class Covisitation {
  readonly window: number;
  readonly #limit: number;
  readonly #falloff: Float64Array;
  /** For each item its neighbours and weights, of which `sizes` are in use. */
  #ids: Int32Array[] = [];
  #weights: Float32Array[] = [];
  #sizes: number[] = [];
  /** Place of the lightest neighbour of a full list; −1 if it must be looked for. */
  #lightest: number[] = [];

  constructor(options: CovisitationOptions = {}) {
    this.window = options.window ?? 20;
    this.#limit = options.neighbours ?? 128;
    const falloff = options.falloff ?? 0.25;
    this.#falloff = Float64Array.from({ length: this.window + 1 }, (_, d) => power(d, -falloff));
  }

  /**
   * Learns that a user liked `item` after `earlier` (oldest first): the last `window` of them are
   * paired with it.
   */
  learn(item: number, earlier: ArrayLike<number>): void {
    const from = Math.max(0, earlier.length - this.window);
    for (let i = from; i < earlier.length; i++) {
      const other = earlier[i]!;
      if (other === item) continue;
      const weight = this.#falloff[earlier.length - i]!;
      this.#add(other, item, weight);
      this.#add(item, other, weight);
    }
  }

  /** Learns one way: each of the last `window` of `earlier` gets `item` as a neighbour. */
  follow(item: number, earlier: ArrayLike<number>): void {
    const from = Math.max(0, earlier.length - this.window);
    for (let i = from; i < earlier.length; i++) {
      if (earlier[i] !== item) this.#add(earlier[i]!, item, this.#falloff[earlier.length - i]!);
    }
  }

  /** Adds `scale` times the weight of each neighbour of `item` to its place in `scores`. */
  addNeighbours(item: number, scale: number, scores: Float64Array): void {
    const size = this.#sizes[item] ?? 0;
    if (size === 0) return;
    const ids = this.#ids[item]!;
    const weights = this.#weights[item]!;
    for (let i = 0; i < size; i++) scores[ids[i]!]! += scale * weights[i]!;
  }

  /** Adds the neighbours of `item` to a set. */
  collect(item: number, into: Set<number>): void {
    const size = this.#sizes[item] ?? 0;
    for (let i = 0; i < size; i++) into.add(this.#ids[item]![i]!);
  }

  /** All lists end to end, for saving. */
  flatten(items: number): SavedPairs {
    const sizes = Int32Array.from({ length: items }, (_, item) => this.#sizes[item] ?? 0);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    // Two bytes an item while they do: the lists are the largest part of what is saved.
    const ids = items <= 65536 ? new Uint16Array(total) : new Int32Array(total);
    const weights = new Float32Array(total);
    let at = 0;
    for (let item = 0; item < items; item++) {
      const size = sizes[item]!;
      if (size === 0) continue;
      ids.set(this.#ids[item]!.subarray(0, size), at);
      weights.set(this.#weights[item]!.subarray(0, size), at);
      at += size;
    }
    return { sizes, ids, weights };
  }

  /** Restores the lists from what `flatten` gave. */
  restore({ sizes, ids, weights }: SavedPairs): void {
    let at = 0;
    for (const [item, size] of sizes.entries()) {
      if (size > 0) {
        this.#ids[item] = new Int32Array(ids.subarray(at, at + size));
        this.#weights[item] = weights.slice(at, at + size);
      }
      this.#sizes[item] = size;
      this.#lightest[item] = -1;
      at += size;
    }
  }

  #add(item: number, neighbour: number, weight: number): void {
    while (this.#sizes.length <= item) {
      this.#sizes.push(0);
      this.#lightest.push(-1);
    }
    const size = this.#sizes[item]!;
    const ids = this.#ids[item];
    if (ids !== undefined) {
      const weights = this.#weights[item]!;
      for (let i = 0; i < size; i++) {
        if (ids[i] !== neighbour) continue;
        weights[i]! += weight;
        if (this.#lightest[item] === i) this.#lightest[item] = -1;
        return;
      }
    }
    const at = size < this.#limit ? this.#grow(item) : this.#evict(item);
    this.#ids[item]![at] = neighbour;
    this.#weights[item]![at] = weight;
    // A newcomer is the lightest unless something lighter stays; look when next asked.
    this.#lightest[item] = -1;
  }

  #grow(item: number): number {
    const at = this.#sizes[item]!;
    this.#sizes[item] = at + 1;
    const room = this.#ids[item]?.length ?? 0;
    if (at >= room) {
      const ids = new Int32Array(Math.min(this.#limit, Math.max(4, room * 2)));
      const weights = new Float32Array(ids.length);
      if (room > 0) {
        ids.set(this.#ids[item]!);
        weights.set(this.#weights[item]!);
      }
      this.#ids[item] = ids;
      this.#weights[item] = weights;
    }
    return at;
  }

  #evict(item: number): number {
    let at = this.#lightest[item]!;
    if (at < 0) {
      const weights = this.#weights[item]!;
      at = 0;
      for (let i = 1; i < weights.length; i++) if (weights[i]! < weights[at]!) at = i;
      this.#lightest[item] = at;
    }
    return at;
  }
}

export interface SavedPairs {
  /** Number of neighbours of each item. */
  sizes: Int32Array;
  ids: Uint16Array | Int32Array;
  weights: Float32Array;
}
