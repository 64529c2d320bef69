// Strings as small integers, in order of first sight, so numbers can live in arrays.

export class Ids {
  readonly #index = new Map<string, number>();
  readonly #names: string[] = [];

  constructor(names: readonly string[] = []) {
    // Of names that were forgotten several may be empty: each keeps its index.
    for (const name of names) {
      if (name === '') this.#names.push('');
      else this.add(name);
    }
  }

  get size(): number {
    return this.#names.length;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  name(index: number): string {
    return this.#names[index]!;
  }

  /** Index of a name; −1 for a name never added. */
  find(name: string): number {
    return this.#index.get(name) ?? -1;
  }

  /** Forgets a name; its index stays taken, under an empty name that no one finds. @returns the index, or −1 */
  forget(name: string): number {
    const index = this.find(name);
    if (index < 0) return index;
    this.#index.delete(name);
    this.#names[index] = '';
    return index;
  }

  add(name: string): number {
    const known = this.#index.get(name);
    if (known !== undefined) return known;
    const index = this.#names.push(name) - 1;
    this.#index.set(name, index);
    return index;
  }
}

/** The array, or a longer copy when it cannot hold `length` numbers. */
export function grown<T extends Float32Array | Float64Array | Int32Array>(
  array: T,
  length: number,
): T {
  if (array.length >= length) return array;
  const larger = new (array.constructor as new (length: number) => T)(
    Math.max(length, array.length * 2, 64),
  );
  larger.set(array);
  return larger;
}
