// The baseline `item-kNN` of protocols over histories: what occurs near the items of the history.
//
// Of two items d steps apart in one history, the later is a neighbour of the earlier by 1/d, and the
// earlier of the later by 1/2d. With w_ij the sum over all histories and W_i = Σ_j w_ij,
//   score(j) = Σ_k r^k · w_ij / √((W_i + 5)(W_j + 5)),   i the item k steps back from the end.
// Item-based collaborative filtering (Sarwar et al. 2001) with distance and direction.
import type { HistoryModel } from '../evaluation/history-model.ts';
import { grown } from '../ids.ts';

/** Added to each item's total, so that what occurred once or twice is no close neighbour. */
const SHRINK = 5;
/** Weight of an earlier item as the neighbour of a later one, where the other way counts 1. */
const BACKWARD = 0.5;
/** Weight r^k below which older items of the history are left out. */
const LEAST = 1e-9;

export interface ItemKnnOptions {
  /** Factor r of the weight for each step back in the history, between 0 and 1. @default 0.8 */
  readonly recency?: number;
  /** Largest distance d of two items that are paired. @default any */
  readonly window?: number;
}

export class ItemKnn implements HistoryModel {
  readonly name = 'item-kNN';
  readonly #recency: number;
  readonly #window: number;
  /** w_ij by i, then j. */
  readonly #pairs: Map<number, number>[] = [];
  /** W_i. */
  #totals = new Float64Array(0);
  #scores = new Float64Array(0);

  constructor({ recency = 0.8, window = Number.POSITIVE_INFINITY }: ItemKnnOptions = {}) {
    this.#recency = recency;
    this.#window = window;
  }

  learn(item: number, earlier: ArrayLike<number>): void {
    const from = Math.max(0, earlier.length - this.#window);
    for (let i = earlier.length - 1; i >= from; i--) {
      const distance = earlier.length - i;
      if (earlier[i] === item) continue;
      this.#add(earlier[i]!, item, 1 / distance);
      this.#add(item, earlier[i]!, BACKWARD / distance);
    }
  }

  scores(history: ArrayLike<number>, size: number): Float64Array {
    this.#scores = grown(this.#scores, size);
    this.#totals = grown(this.#totals, size);
    const scores = this.#scores.fill(0).subarray(0, size);
    let weight = 1;
    for (let k = history.length - 1; k >= 0 && weight >= LEAST; k--, weight *= this.#recency) {
      const item = history[k]!;
      const scale = weight / Math.sqrt(this.#totals[item]! + SHRINK);
      for (const [other, together] of this.#pairs[item] ?? []) scores[other]! += scale * together;
    }
    for (let j = 0; j < size; j++) {
      if (scores[j] !== 0) scores[j]! /= Math.sqrt(this.#totals[j]! + SHRINK);
    }
    return scores;
  }

  #add(item: number, other: number, weight: number): void {
    while (this.#pairs.length <= item) this.#pairs.push(new Map());
    const pairs = this.#pairs[item]!;
    pairs.set(other, (pairs.get(other) ?? 0) + weight);
    this.#totals = grown(this.#totals, item + 1);
    this.#totals[item]! += weight;
  }
}
