// Prequential click prediction: all items of an example are predicted before any of them is learned.
import type { Example } from '../../schemas/topics/examples.ts';
import type { Predictor } from '../learner.ts';
import { auc } from '../metrics/auc.ts';
import { listNdcg } from '../metrics/graded.ts';
import { logLoss } from '../metrics/log-loss.ts';
import type { EvaluationRow } from './evaluation.ts';

/** What is judged: a predictor, or anything that predicts and learns like one. */
export type Judge = Pick<Predictor, 'name' | 'predict' | 'learn'>;

export class ClickEvaluation {
  readonly #models: readonly Judge[];
  /** By model, P(click) of every item so far. */
  readonly #predicted: number[][];
  readonly #labels: boolean[] = [];
  /** Index of each example's first item. */
  readonly #starts: number[] = [];

  constructor(models: readonly Judge[]) {
    this.#models = models;
    this.#predicted = models.map(() => []);
  }

  /** Number of items so far. */
  get n(): number {
    return this.#labels.length;
  }

  add(example: Example): void {
    this.#starts.push(this.n);
    for (const [i, model] of this.#models.entries()) {
      this.#predicted[i]!.push(...model.predict(example));
      model.learn(example);
    }
    for (const { positive } of example.items) this.#labels.push(positive);
  }

  /**
   * AUC and LogLoss over all items, and over those with index ≥ floor(n / 2).
   * @param slates also the means of AUC and NDCG@10 inside each example that has a click and a
   * non-click; in `last-half` of the examples that begin there
   */
  rows(slates = false): EvaluationRow[] {
    const spans = [
      { span: 'all', from: 0 },
      { span: 'last-half', from: Math.floor(this.n / 2) },
    ] as const;
    return spans.flatMap(({ span, from }) =>
      this.#models.flatMap(({ name: model }, i) => {
        const p = this.#predicted[i]!.slice(from);
        const labels = this.#labels.slice(from);
        const values = { AUC: auc(p, labels), LogLoss: logLoss(p, labels) };
        const all = slates ? { ...values, ...this.#inside(this.#predicted[i]!, from) } : values;
        return Object.entries(all).map(([metric, value]) => ({ model, metric, span, value }));
      }),
    );
  }

  #inside(predicted: readonly number[], from: number): Record<string, number> {
    const sums = { 'AUC per impression': 0, 'NDCG@10': 0 };
    let n = 0;
    for (const [i, start] of this.#starts.entries()) {
      if (start < from) continue;
      const end = this.#starts[i + 1] ?? this.n;
      const labels = this.#labels.slice(start, end);
      if (!labels.includes(true) || !labels.includes(false)) continue;
      const p = predicted.slice(start, end);
      sums['AUC per impression'] += auc(p, labels);
      sums['NDCG@10'] += listNdcg(p, labels);
      n += 1;
    }
    return Object.fromEntries(Object.entries(sums).map(([metric, sum]) => [metric, sum / n]));
  }
}
