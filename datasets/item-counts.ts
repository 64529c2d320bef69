// How often each item appeared. Numbers that count up from 0, as those of most logs do, cost four bytes each: a
// Map has room for 2^24 entries, and KuaiRand has twice as many videos.

/** Ids below this are counted in a table, which takes memory only where it is written. */
const DENSE = 1 << 26;
const WHOLE = /^(?:0|[1-9]\d{0,7})$/;

export class ItemCounts {
  readonly #buffer = new ArrayBuffer(0, { maxByteLength: DENSE * Uint32Array.BYTES_PER_ELEMENT });
  readonly #dense = new Uint32Array(this.#buffer);
  readonly #others = new Map<string, number>();
  #distinct = 0;

  /** Number of distinct items. */
  get size(): number {
    return this.#distinct;
  }

  of(itemId: string): number {
    const at = placeOf(itemId);
    return (at < 0 ? this.#others.get(itemId) : this.#dense[at]) ?? 0;
  }

  add(itemId: string): void {
    const before = this.of(itemId);
    if (before === 0) this.#distinct += 1;
    const at = placeOf(itemId);
    if (at < 0) {
      this.#others.set(itemId, before + 1);
      return;
    }
    if (at >= this.#dense.length) this.#buffer.resize(4 * Math.min(DENSE, 2 * (at + 1)));
    this.#dense[at] = before + 1;
  }
}

/** Place of an id in the table; −1 if it is not for it. */
function placeOf(itemId: string): number {
  if (!WHOLE.test(itemId)) return -1;
  const number = Number(itemId);
  return number < DENSE ? number : -1;
}
