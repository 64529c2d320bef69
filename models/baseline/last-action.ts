// The baseline `last action` of protocols over histories: the last item once more, then what came right
// after it, the most frequent first.
//
// Where items of the history are no candidates, what came right after is all it says.
import type { HistoryModel } from '../evaluation/history-model.ts';
import { grown } from '../ids.ts';

export class LastAction implements HistoryModel {
  readonly name = 'last action';
  /** By item, how often each other item came right after it. */
  readonly #next = new Map<number, Map<number, number>>();
  #scores = new Float64Array(0);

  learn(item: number, earlier: ArrayLike<number>): void {
    const last = earlier[earlier.length - 1];
    if (last === undefined || last === item) return;
    const next = this.#next.get(last) ?? new Map<number, number>();
    this.#next.set(last, next.set(item, (next.get(item) ?? 0) + 1));
  }

  scores(history: ArrayLike<number>, size: number): Float64Array {
    this.#scores = grown(this.#scores, size);
    const scores = this.#scores.fill(0);
    const last = history[history.length - 1];
    if (last === undefined) return scores.subarray(0, size);
    for (const [item, times] of this.#next.get(last) ?? []) scores[item] = times;
    scores[last] = Number.POSITIVE_INFINITY;
    return scores.subarray(0, size);
  }
}
