// Counts how often each item was shown and liked: the only place for such counts, used by policies,
// baselines and the simulator.
import type { Example } from '../schemas/topics/examples.ts';
import type { DecodedParts, Numbers } from './codec.ts';
import { grown, Ids } from './ids.ts';
import { realItems } from './outcomes.ts';

/** Counts of logged examples by item; 0 for an item never seen. */
export interface ReadonlyItemCounts {
  /** Number of items seen in logged examples. */
  readonly items: number;
  /** Number of times that an item was shown. */
  impressions(itemId: string): number;
  /** Number of times that an item was liked. */
  positives(itemId: string): number;
}

/** Number of values for an item: impressions, positives. */
const WIDTH = 2;

export class ItemCounts implements ReadonlyItemCounts {
  readonly #items: Ids;
  /** Impressions and positives by item. */
  #counts: Float64Array;
  /** Impressions and positives of all items together. */
  readonly #total: Float64Array;

  constructor(names: readonly string[] = [], counts?: Float64Array, total?: Float64Array) {
    this.#items = new Ids(names);
    this.#counts = counts ?? new Float64Array(0);
    this.#total = total ?? new Float64Array(WIDTH);
  }

  get items(): number {
    return this.#items.size;
  }

  /** Ids in order of first sight. */
  get itemIds(): readonly string[] {
    return this.#items.names;
  }

  /** Share of the shown items that were liked, with one pseudo-like of four. */
  get rate(): number {
    return this.rateWith(1, 4);
  }

  /**
   * Share of the shown items that were liked, with as many pseudo-likes and pseudo-impressions as
   * given.
   */
  rateWith(positives: number, impressions: number): number {
    return (this.#total[1]! + positives) / (this.#total[0]! + impressions);
  }

  /** Index of an item, from 0 in order of first sight; −1 for an item never seen. */
  indexOf(itemId: string): number {
    return this.#items.find(itemId);
  }

  impressions(itemId: string): number {
    return this.#counts[this.#items.find(itemId) * WIDTH] ?? 0;
  }

  positives(itemId: string): number {
    const item = this.#items.find(itemId);
    return item < 0 ? 0 : this.#counts[item * WIDTH + 1]!;
  }

  /** Counts one showing of an item. @returns the item's index */
  add(itemId: string, positive: boolean): number {
    const item = this.#items.add(itemId);
    const at = item * WIDTH;
    this.#counts = grown(this.#counts, at + WIDTH);
    this.#counts[at]! += 1;
    this.#total[0]! += 1;
    if (positive) {
      this.#counts[at + 1]! += 1;
      this.#total[1]! += 1;
    }
    return item;
  }

  /** Counts what people answered; what a simulator did is no evidence, and is left out. */
  learn(example: Example): void {
    for (const { itemId, positive } of realItems(example)) this.add(itemId, positive);
  }

  /** The counts in the form that `load` takes: names for the meta, counts for the arrays. */
  save(): { names: readonly string[]; arrays: { itemCounts: Numbers; totalCounts: Numbers } } {
    const itemCounts = this.#counts.subarray(0, this.#items.size * WIDTH);
    return { names: this.#items.names, arrays: { itemCounts, totalCounts: this.#total } };
  }

  /** The counts that `save` gave. @throws MillraceError `parameters-unreadable` */
  static load(names: readonly string[], parts: DecodedParts): ItemCounts {
    return new ItemCounts(names, parts.f64('itemCounts'), parts.f64('totalCounts'));
  }
}
