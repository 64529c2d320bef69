// Prequential click prediction: all items of an example are predicted before any of them is learned.
import type { Example } from '../../schemas/topics/examples.ts';
import type { Predictor } from '../learner.ts';
import { auc, aucError } from '../metrics/auc.ts';
import { listNdcg } from '../metrics/graded.ts';
import { logLoss } from '../metrics/log-loss.ts';
import { standardError } from '../moments.ts';
import { type EvaluationRow, meanRow } from './evaluation.ts';

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
   * AUC and LogLoss over all items, and over those with index ≥ floor(n / 2), with standard errors as if the
   * items were independent.
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
        const rows = clickRows(model, p, labels, span);
        return slates ? [...rows, ...this.#inside(model, this.#predicted[i]!, span, from)] : rows;
      }),
    );
  }

  #inside(
    model: string,
    predicted: readonly number[],
    span: EvaluationRow['span'],
    from: number,
  ): EvaluationRow[] {
    const [areas, gains]: number[][] = [[], []];
    for (const [i, start] of this.#starts.entries()) {
      if (start < from) continue;
      const end = this.#starts[i + 1] ?? this.n;
      const labels = this.#labels.slice(start, end);
      if (!labels.includes(true) || !labels.includes(false)) continue;
      const p = predicted.slice(start, end);
      areas!.push(auc(p, labels));
      gains!.push(listNdcg(p, labels));
    }
    return [
      meanRow(model, 'AUC per impression', areas!, span),
      meanRow(model, 'NDCG@10', gains!, span),
    ];
  }
}

function clickRows(
  model: string,
  p: readonly number[],
  labels: readonly boolean[],
  span: EvaluationRow['span'],
): EvaluationRow[] {
  const positives = labels.filter(Boolean).length;
  const area = auc(p, labels);
  return [
    {
      ...{ model, metric: 'AUC', span, value: area },
      standardError: aucError(area, positives, labels.length - positives),
    },
    {
      ...{ model, metric: 'LogLoss', span, value: logLoss(p, labels) },
      standardError: standardError(p.map((one, i) => logLoss([one], [labels[i]!]))),
    },
  ];
}
