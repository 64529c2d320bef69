// Baseline: everything is clicked as often as everything was before.
import type { Example } from '../../schemas/topics/examples.ts';
import { decodeParts, encodeParts } from '../codec.ts';
import type { Predictor } from '../learner.ts';
import { realItems } from '../outcomes.ts';
import type { PredictionContext } from '../policy.ts';

const FORMAT = 'millrace/rate-baseline/1';

export class RateBaseline implements Predictor {
  readonly name = 'rate';
  /** Totals: shown, liked. */
  readonly #total: Float64Array;

  /**
   * @param saved bytes of `save`; without them the baseline is new
   * @throws MillraceError `parameters-unreadable`
   */
  constructor(saved?: Uint8Array) {
    this.#total = saved ? decodeParts(saved, FORMAT).f64('total') : new Float64Array(2);
  }

  /** P(click) of every item: (liked + 1) / (shown + 2). */
  predict(context: PredictionContext): Float64Array {
    return new Float64Array(context.items.length).fill(
      (this.#total[1]! + 1) / (this.#total[0]! + 2),
    );
  }

  /** Learns logged outcomes; simulated ones are left out. */
  learn(example: Example): void {
    const items = realItems(example);
    this.#total[0]! += items.length;
    this.#total[1]! += items.filter(({ positive }) => positive).length;
  }

  save(): Uint8Array {
    return encodeParts({ format: FORMAT, meta: null, arrays: { total: this.#total } });
  }
}
