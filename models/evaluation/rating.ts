// Prequential rating prediction: every value is predicted before it is learned.
import type { Example } from '../../schemas/topics/examples.ts';
import type { PredictionContext } from '../policy.ts';
import type { EvaluationRow } from './evaluation.ts';

export interface ValuePredictor {
  readonly name: string;
  /** Expected value of each item, in the log's unit. */
  predictValues(context: PredictionContext): ArrayLike<number>;
  learn(example: Example): void;
}

export class RatingEvaluation {
  private readonly models: readonly ValuePredictor[];
  private readonly range: { readonly low: number; readonly high: number };
  /** By model, the error of every value so far. */
  private readonly errors: number[][];

  /** @param range range to which predictions are clipped */
  constructor(models: readonly ValuePredictor[], range: { low: number; high: number }) {
    this.models = models;
    this.range = range;
    this.errors = models.map(() => []);
  }

  take(example: Example): void {
    const { low, high } = this.range;
    for (const [m, model] of this.models.entries()) {
      const predicted = model.predictValues(example);
      for (const [i, { reward }] of example.items.entries()) {
        this.errors[m]!.push(Math.min(high, Math.max(low, predicted[i]!)) - reward);
      }
      model.learn(example);
    }
  }

  /** Root of the mean squared error, and mean absolute error. */
  result(): { n: number; rows: EvaluationRow[] } {
    const n = this.errors[0]?.length ?? 0;
    const spans = [
      ['all', 0],
      ['last-half', Math.floor(n / 2)],
    ] as const;
    const rows = this.models.flatMap(({ name: model }, m) =>
      spans.flatMap(([span, from]) => {
        const errors = this.errors[m]!.slice(from);
        const mean = (of: (error: number) => number) =>
          errors.reduce((sum, error) => sum + of(error), 0) / errors.length;
        const metrics = { RMSE: Math.sqrt(mean((error) => error * error)), MAE: mean(Math.abs) };
        return Object.entries(metrics).map(([metric, value]) => ({ model, metric, span, value }));
      }),
    );
    return { n, rows };
  }
}
