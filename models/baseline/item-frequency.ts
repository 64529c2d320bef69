// The baseline `popularity` of protocols over histories: how often each item occurred so far.
import type { HistoryModel } from '../evaluation/history-model.ts';
import { grown } from '../ids.ts';

export class ItemFrequency implements HistoryModel {
  readonly name = 'popularity';
  #counts = new Float64Array(0);

  learn(item: number): void {
    this.#counts = grown(this.#counts, item + 1);
    this.#counts[item]! += 1;
  }

  scores(_history: ArrayLike<number>, size: number): Float64Array {
    this.#counts = grown(this.#counts, size);
    return this.#counts.subarray(0, size);
  }
}
