// Baseline: an item is clicked as often as it was before, whoever asks.
import type { Example } from '../../schemas/topics/examples.ts';
import { decodeParts, encodeParts } from '../codec.ts';
import { ItemCounts } from '../item-counts.ts';
import type { Predictor } from '../learner.ts';
import type { PredictionContext } from '../policy.ts';

const FORMAT = 'millrace/popularity-baseline/1';
/** Number of pseudo-observations of the overall rate. */
const PRIOR = 10;

export class PopularityBaseline implements Predictor {
  readonly name = 'popularity';
  readonly #counts: ItemCounts;

  /**
   * @param saved bytes of `save`; without them the baseline is new
   * @throws MillraceError `parameters-unreadable`
   */
  constructor(saved?: Uint8Array) {
    const parts = saved && decodeParts(saved, FORMAT);
    this.#counts = parts
      ? new ItemCounts(parts.meta as string[], parts.f64('counts'), parts.f64('total'))
      : new ItemCounts();
  }

  predict({ items }: PredictionContext): Float64Array {
    const counts = this.#counts;
    const rate = counts.rateWith(1, 2);
    return Float64Array.from(items, ({ itemId }) => {
      const shown = counts.impressions(itemId);
      return shown === 0 ? rate : (counts.positives(itemId) + PRIOR * rate) / (shown + PRIOR);
    });
  }

  /** Learns logged outcomes; simulated ones are left out. */
  learn(example: Example): void {
    this.#counts.learn(example);
  }

  save(): Uint8Array {
    const { names, arrays } = this.#counts.save();
    return encodeParts({
      format: FORMAT,
      meta: names,
      arrays: { counts: arrays.itemCounts, total: arrays.totalCounts },
    });
  }
}
