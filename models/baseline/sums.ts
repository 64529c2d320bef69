// Count and sum of values by name, for means that lean on the mean of all where there is little to go by.
import { grown, Ids } from '../ids.ts';

/** Number of pseudo-observations of the overall mean. */
const PRIOR = 5;

/** Counts and sums by name, of users or of items. */
export class Sums {
  readonly ids: Ids;
  #sums: Float64Array;

  constructor(names?: string[], sums?: Float64Array) {
    this.ids = new Ids(names);
    this.#sums = sums ?? new Float64Array(0);
  }

  /** Shrunk mean of a name minus the overall mean. */
  less(name: string, mean: number): number {
    const at = this.ids.find(name) * 2;
    return at < 0 ? 0 : (this.#sums[at + 1]! - this.#sums[at]! * mean) / (this.#sums[at]! + PRIOR);
  }

  add(name: string, value: number): void {
    const at = this.ids.add(name) * 2;
    this.#sums = grown(this.#sums, at + 2);
    this.#sums[at]! += 1;
    this.#sums[at + 1]! += value;
  }

  /** Forgets count and sum of a name; its place stays, empty. */
  forget(name: string): void {
    const at = this.ids.forget(name) * 2;
    if (at >= 0) this.#sums.fill(0, at, at + 2);
  }

  used(): Float64Array {
    return this.#sums.subarray(0, this.ids.size * 2);
  }
}
