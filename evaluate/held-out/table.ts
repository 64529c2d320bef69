// A table of held-out items: each ranked by every model among all items that were not seen.
import { ItemFrequency } from '../../models/baseline/item-frequency.ts';
import { ItemKnn } from '../../models/baseline/item-knn.ts';
import { LastAction } from '../../models/baseline/last-action.ts';
import { Figures } from '../../models/evaluation/figures.ts';
import type { HistoryModel } from '../../models/evaluation/history-model.ts';
import { midHit, midNdcg, rankOf } from '../../models/metrics/ranking.ts';
import type { HeldOut } from '../../models/sequence/held-out/learn-weights.ts';
import type { Sequence } from '../../models/sequence/held-out/pairs.ts';

export class HeldOutTable {
  readonly #figures = new Figures();
  readonly #size: number;
  readonly #signal: AbortSignal;

  /** @param size number of items */
  constructor(size: number, signal: AbortSignal) {
    this.#size = size;
    this.#signal = signal;
  }

  /** Judges a model: HR@10 and NDCG@10 of the target's mean rank. */
  judge(
    model: string,
    heldOut: readonly HeldOut[],
    scoresOf: (one: HeldOut) => ArrayLike<number>,
  ): void {
    for (const one of heldOut) {
      this.#signal.throwIfAborted();
      const seen = new Set(one.seen);
      const rank = rankOf(scoresOf(one), one.target, this.#size, (item) => seen.has(item));
      this.#figures.add(model, { 'HR@10': midHit(rank), 'NDCG@10': midNdcg(rank) });
    }
  }

  /** Judges the baselines after they learned some sequences. @param suffix of their names */
  baselines(
    sequences: readonly Sequence[],
    heldOut: readonly HeldOut[],
    suffix = '',
    models: HistoryModel[] = [new ItemFrequency(), new ItemKnn(), new LastAction()],
  ): void {
    for (const model of models) {
      for (const sequence of sequences) {
        for (let at = 0; at < sequence.length; at++)
          model.learn(sequence[at]!, sequence.slice(0, at));
      }
      this.judge(`${model.name}${suffix}`, heldOut, ({ moment }) =>
        model.scores(moment.history, this.#size),
      );
    }
  }

  rows() {
    return this.#figures.rows();
  }
}
