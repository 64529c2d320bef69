// A bounded memory: the entry unused for longest makes room.

export class Lru<V> {
  readonly #capacity: number;
  /** The entries. A Map keeps the order of insertion, so a used entry is inserted anew. */
  readonly #entries = new Map<string, V>();

  /** @param capacity largest number of entries, at least 1 */
  constructor(capacity: number) {
    this.#capacity = Math.max(1, Math.floor(capacity));
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    if (!this.#entries.has(key)) return undefined;
    const value = this.#entries.get(key) as V;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#capacity) return;
    this.#entries.delete(this.#entries.keys().next().value as string);
  }
}
