// Baselines of an episode by who rated what together: item-kNN, and what goes with the last item.
import type { Chooser } from '../evaluation/long-horizon.ts';
import type { Rating } from './prior.ts';

/** Pseudo-ratings of an item, so that pairs of rare items count less. */
const SHRINKAGE = 5;

export class Neighbours {
  readonly #items: number;
  readonly #mean: number;
  readonly #byUser: Map<number, Rating[]>;
  /** w_ij / √((n_i + 5)(n_j + 5)), w the number of users who rated both. */
  readonly #near: Float64Array;

  constructor(items: number, ratings: readonly Rating[]) {
    this.#items = items;
    this.#mean = ratings.reduce((sum, { stars }) => sum + stars, 0) / ratings.length;
    this.#byUser = Map.groupBy(ratings, ({ user }) => user);
    const counts = new Float64Array(items).fill(SHRINKAGE);
    const together = new Float64Array(items * items);
    for (const own of this.#byUser.values()) {
      for (const { item } of own) {
        counts[item]! += 1;
        for (const other of own) together[item * items + other.item]! += 1;
      }
    }
    this.#near = together.map(
      (w, at) => w / Math.sqrt(counts[Math.floor(at / items)]! * counts[at % items]!),
    );
  }

  /** Item-kNN: Σ_j near_ij (given_j − mean) over the user's ratings and the answers of the episode. */
  itemKnn(user: number): Chooser {
    const scores = new Float64Array(this.#items);
    const add = (item: number, stars: number) => {
      for (let i = 0; i < this.#items; i++) {
        scores[i]! += (stars - this.#mean) * this.#near[item * this.#items + i]!;
      }
    };
    for (const { item, stars } of this.#byUser.get(user) ?? []) add(item, stars);
    return { scores: () => scores, learn: add };
  }

  /** What goes with the last item, whatever it was given; at first with the item that the user rated best. */
  lastAction(user: number): Chooser {
    const own = this.#byUser.get(user) ?? [];
    let last = own.toSorted((a, b) => b.stars - a.stars)[0]?.item ?? 0;
    return {
      scores: () => this.#near.subarray(last * this.#items, (last + 1) * this.#items),
      learn: (item) => {
        last = item;
      },
    };
  }
}
