// Predicts the groups of the next item: the groups of the last likes, relative to how common each
// group is.
import { grown } from '../ids.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { log1p, sqrt } = Math;

/** Share of the likes that a group has before any like. */
const RARE = 1e-4;

export class GroupAffinity {
  /** Indices of the groups of each item. */
  readonly #groups: (readonly number[])[] = [];
  /** Items of each group. */
  readonly #items: number[][] = [];
  /** Likes of each group, and their sum over all likes. */
  #likes = new Float64Array(0);
  #total = 0;
  #weights = new Float64Array(0);

  constructor(saved?: SavedGroups) {
    let at = 0;
    for (const [item, size] of (saved?.sizes ?? []).entries()) {
      this.add(item, [...saved!.ids.subarray(at, at + size)]);
      at += size;
    }
  }

  /** Notes an item that is shown for the first time, with its groups, which stay. */
  add(item: number, groups: readonly number[]): void {
    this.#groups[item] = groups;
    for (const group of groups) {
      this.#likes = grown(this.#likes, group + 1);
      this.#weights = grown(this.#weights, group + 1);
      this.#items[group] ??= [];
      this.#items[group]!.push(item);
    }
  }

  /** Counts likes of an item. */
  like(item: number, count = 1): void {
    this.#total += count;
    for (const group of this.#groups[item] ?? []) this.#likes[group]! += count;
  }

  /**
   * Adds Σ_g ln(1 + share of g among the likes / share of g overall) / √groups to a column of
   * zeros.
   * @param likes newest last
   * @param keep factor of the weight for each step back
   */
  fill(column: Float64Array, likes: readonly number[], keep: number): void {
    const weights = this.#weights;
    for (const group of this.#affinities(likes, keep)) {
      const affinity = weights[group]!;
      weights[group] = 0;
      const items = this.#items[group]!;
      for (let i = 0; i < items.length; i++) {
        column[items[i]!]! += affinity / sqrt(this.#groups[items[i]!]!.length);
      }
    }
  }

  /** The values of `fill` for some items alone, in their order. */
  of(items: ArrayLike<number>, likes: readonly number[], keep: number): Float64Array {
    const touched = this.#affinities(likes, keep);
    const column = new Float64Array(items.length);
    for (let i = 0; i < items.length; i++) {
      const groups = this.#groups[items[i]!]!;
      let sum = 0;
      for (let g = 0; g < groups.length; g++) sum += this.#weights[groups[g]!]!;
      if (sum !== 0) column[i] = sum / sqrt(groups.length);
    }
    for (const group of touched) this.#weights[group] = 0;
    return column;
  }

  /**
   * Computes what speaks for each group that the likes have, into `#weights`.
   * @returns these groups
   */
  #affinities(likes: readonly number[], keep: number): readonly number[] {
    const weights = this.#weights;
    let [weight, total] = [1, 0];
    const touched: number[] = [];
    for (let i = likes.length - 1; i >= 0; i--, weight *= keep) {
      total += weight;
      for (const group of this.#groups[likes[i]!] ?? []) {
        if (weights[group] === 0) touched.push(group);
        weights[group]! += weight;
      }
    }
    for (const group of touched) {
      const share = this.#likes[group]! / this.#total + RARE;
      weights[group] = log1p(weights[group]! / total / share);
    }
    return touched;
  }

  /** Groups of all items, end to end, with the number of groups of each. */
  save(items: number): SavedGroups {
    const groups = this.#groups.slice(0, items);
    return {
      sizes: Int32Array.from(groups, (of) => of.length),
      ids: Int32Array.from(groups.flat()),
    };
  }
}

export interface SavedGroups {
  readonly sizes: Int32Array;
  readonly ids: Int32Array;
}
