// The items liked most lately, kept in order while they are learned about: no sort of all items at each request.
//
// An item's heat changes only when the item itself is learned about, and never falls, so what has left
// the list comes back by its own event alone.
import { Heap } from '../retrieval/heap.ts';

export class Hottest {
  readonly limit: number;
  /** Hottest first, ties by the order of appearance; made when it is first asked for. */
  #top: number[] | undefined;

  constructor(limit = 1024) {
    this.limit = limit;
  }

  /** The heat of an item has changed to what `heat` holds. */
  moved(item: number, heat: Float64Array): void {
    const top = this.#top;
    if (top === undefined) return;
    const last = top.at(-1);
    if (top.length === this.limit && isHotter(last!, item, heat)) return;
    const before = top.indexOf(item);
    if (before >= 0) top.splice(before, 1);
    let [low, high] = [0, top.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isHotter(top[middle]!, item, heat)) low = middle + 1;
      else high = middle;
    }
    top.splice(low, 0, item);
    if (top.length > this.limit) top.pop();
  }

  /** All of `size` items, hottest first; beyond the limit they have to be sorted. */
  *items(heat: Float64Array, size: number): Generator<number> {
    this.#top ??= topOf(heat, size, this.limit);
    yield* this.#top;
    const shown = this.#top.length;
    if (shown < size) yield* sorted(heat, size).subarray(shown);
  }
}

function isHotter(one: number, other: number, heat: Float64Array): boolean {
  return heat[one]! > heat[other]! || (heat[one] === heat[other] && one < other);
}

function topOf(heat: Float64Array, size: number, n: number): number[] {
  const best = new Heap();
  for (let item = 0; item < size; item++) best.offer(heat[item]!, item, n);
  return best.drain().map(({ row }) => row);
}

function sorted(heat: Float64Array, size: number): Int32Array {
  const items = Int32Array.from({ length: size }, (_, item) => item);
  return items.sort((one, other) => heat[other]! - heat[one]! || one - other);
}
