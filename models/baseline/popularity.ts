// Baseline: an item is clicked as often as it was before, whoever asks.
import type { Example } from '../../schemas/topics/examples.ts';
import { decodeParts, encodeParts } from '../codec.ts';
import { grown, Ids } from '../ids.ts';
import type { PredictionContext, Predictor } from '../learner.ts';

const FORMAT = 'millrace/popularity-baseline/1';
/** Pseudo-observations of the overall rate. */
const PRIOR = 10;

export class PopularityBaseline implements Predictor {
  readonly name = 'popularity';
  readonly #items: Ids;
  /** Per item: shown, liked. */
  #counts: Float64Array;
  readonly #total: Float64Array;

  /** @throws MillraceError `parameters-unreadable` */
  constructor(saved?: Uint8Array) {
    const parts = saved && decodeParts(saved, FORMAT);
    this.#items = new Ids(parts?.meta as string[] | undefined);
    this.#counts = parts?.f64('counts') ?? new Float64Array(0);
    this.#total = parts?.f64('total') ?? new Float64Array(2);
  }

  predict(context: PredictionContext): Float64Array {
    const rate = (this.#total[1]! + 1) / (this.#total[0]! + 2);
    return Float64Array.from(context.items, ({ itemId }) => {
      const item = this.#items.find(itemId);
      if (item < 0) return rate;
      return (this.#counts[item * 2 + 1]! + PRIOR * rate) / (this.#counts[item * 2]! + PRIOR);
    });
  }

  /** Simulated outcomes are left out. */
  learn(example: Example): void {
    if (example.source === 'simulated') return;
    for (const { itemId, positive } of example.items) {
      const item = this.#items.add(itemId);
      this.#counts = grown(this.#counts, (item + 1) * 2);
      this.#counts[item * 2]! += 1;
      this.#counts[item * 2 + 1]! += positive ? 1 : 0;
      this.#total[0]! += 1;
      this.#total[1]! += positive ? 1 : 0;
    }
  }

  save(): Uint8Array {
    return encodeParts({
      format: FORMAT,
      meta: this.#items.names,
      arrays: { counts: this.#counts.subarray(0, this.#items.size * 2), total: this.#total },
    });
  }
}
