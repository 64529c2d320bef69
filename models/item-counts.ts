// How often each item was shown and liked: the one place for such counts, of policies, baselines and the
// simulator.
import type { Example } from '../schemas/topics/examples.ts';
import type { DecodedParts, Numbers } from './codec.ts';
import { grown, Ids } from './ids.ts';

/** Counts of logged examples by item; 0 for an item never seen. */
export interface ReadonlyItemCounts {
  /** Items seen in logged examples. */
  readonly items: number;
  /** Times an item was shown. */
  impressions(itemId: string): number;
  /** Times it was liked. */
  positives(itemId: string): number;
}

/** An item's or everybody's pair of counts. */
const WIDTH = 2;

export class ItemCounts implements ReadonlyItemCounts {
  readonly #items: Ids;
  /** By item: impressions, positives. */
  #counts: Float64Array;
  /** Impressions, positives. */
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

  /** Share of what was shown that was liked, with one pseudo-like of four. */
  get rate(): number {
    return this.rateWith(1, 4);
  }

  /** Share of what was shown that was liked, with so many pseudo-likes of so many pseudo-impressions. */
  rateWith(positives: number, impressions: number): number {
    return (this.#total[1]! + positives) / (this.#total[0]! + impressions);
  }

  /** −1 for an item never seen; items are numbered from 0 in order of first sight. */
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

  /** An item was shown once. @returns its index */
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

  /** Counts an example; a simulated one is no evidence and is left out. */
  learn({ source, items }: Example): void {
    if (source === 'simulated') return;
    for (const { itemId, positive } of items) this.add(itemId, positive);
  }

  /** What `load` needs: names for the meta, counts for the arrays. */
  save(): { names: readonly string[]; arrays: { itemCounts: Numbers; totalCounts: Numbers } } {
    const itemCounts = this.#counts.subarray(0, this.#items.size * WIDTH);
    return { names: this.#items.names, arrays: { itemCounts, totalCounts: this.#total } };
  }

  /** @throws MillraceError `parameters-unreadable` */
  static load(names: readonly string[], parts: DecodedParts): ItemCounts {
    return new ItemCounts(names, parts.f64('itemCounts'), parts.f64('totalCounts'));
  }
}
