// The items liked most lately, kept in order while they are learned about: no sort of all items at each request.
//
// An item's decayed count changes only when the item itself is learned about, for all others fade alike.
// An item that left the list comes back by its own event alone.
import { Heap } from '../retrieval/heap.ts';

export class DecayedTop {
  readonly limit: number;
  /**
   * Items with the highest counts, ties by the order of appearance; computed when first asked for.
   */
  #top: number[] | undefined;

  constructor(limit = 1024) {
    this.limit = limit;
  }

  /** Notes that the decayed count of an item has changed to what `counts` holds. */
  changed(item: number, counts: Float64Array): void {
    const top = this.#top;
    if (top === undefined) return;
    const last = top.at(-1);
    if (top.length === this.limit && ranksAbove(last!, item, counts)) return;
    const before = top.indexOf(item);
    if (before >= 0) top.splice(before, 1);
    let [low, high] = [0, top.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranksAbove(top[middle]!, item, counts)) low = middle + 1;
      else high = middle;
    }
    top.splice(low, 0, item);
    if (top.length > this.limit) top.pop();
  }

  /** All of `size` items, the highest count first; items beyond the limit must be sorted for it. */
  *items(counts: Float64Array, size: number): Generator<number> {
    this.#top ??= topOf(counts, size, this.limit);
    yield* this.#top;
    const shown = this.#top.length;
    if (shown < size) yield* sorted(counts, size).subarray(shown);
  }
}

function ranksAbove(one: number, other: number, counts: Float64Array): boolean {
  return counts[one]! > counts[other]! || (counts[one] === counts[other] && one < other);
}

function topOf(counts: Float64Array, size: number, n: number): number[] {
  const best = new Heap();
  for (let item = 0; item < size; item++) best.offer(counts[item]!, item, n);
  return best.drain().map(({ row }) => row);
}

function sorted(counts: Float64Array, size: number): Int32Array {
  const items = Int32Array.from({ length: size }, (_, item) => item);
  return items.sort((one, other) => counts[other]! - counts[one]! || one - other);
}
