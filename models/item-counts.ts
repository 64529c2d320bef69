// How often each item was shown and liked: the least a policy needs to know of an item.
import type { Example } from '../schemas/topics/examples.ts';
import type { DecodedParts, Numbers } from './codec.ts';
import { grown, Ids } from './ids.ts';

export class ItemCounts {
  readonly #items: Ids;
  /** Per item: shown, liked. */
  #counts: Float64Array;
  /** Shown, liked. */
  readonly #total: Float64Array;

  constructor(names: readonly string[] = [], counts?: Float64Array, total?: Float64Array) {
    this.#items = new Ids(names);
    this.#counts = counts ?? new Float64Array(0);
    this.#total = total ?? new Float64Array(2);
  }

  /** Share of what was shown that was liked, with one pseudo-like of four. */
  get rate(): number {
    return (this.#total[1]! + 1) / (this.#total[0]! + 4);
  }

  /** Times shown; 0 for an item never seen. */
  impressions(itemId: string): number {
    return this.#counts[this.#items.find(itemId) * 2] ?? 0;
  }

  positives(itemId: string): number {
    const item = this.#items.find(itemId);
    return item < 0 ? 0 : this.#counts[item * 2 + 1]!;
  }

  /** What a simulator answered is no evidence, and left out. */
  learn(example: Example): void {
    if (example.source === 'simulated') return;
    for (const { itemId, positive } of example.items) {
      const at = this.#items.add(itemId) * 2;
      this.#counts = grown(this.#counts, at + 2);
      this.#counts[at]! += 1;
      this.#total[0]! += 1;
      if (!positive) continue;
      this.#counts[at + 1]! += 1;
      this.#total[1]! += 1;
    }
  }

  /** What `load` needs: names for the meta, counts for the arrays. */
  save(): { names: readonly string[]; arrays: Record<string, Numbers> } {
    const counts = this.#counts.subarray(0, this.#items.size * 2);
    return { names: this.#items.names, arrays: { itemCounts: counts, totalCounts: this.#total } };
  }

  /** @throws MillraceError `parameters-unreadable` */
  static load(names: readonly string[], parts: DecodedParts): ItemCounts {
    return new ItemCounts(names, parts.f64('itemCounts'), parts.f64('totalCounts'));
  }
}
