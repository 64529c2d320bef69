// Prequential rating prediction: every value is predicted before it is learned.
import type { Example } from '../../schemas/topics/examples.ts';
import type { PredictionContext } from '../policy.ts';
import { type EvaluationRow, meanRow } from './evaluation.ts';

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

  /** Root of the mean squared error, and mean absolute error, with standard errors. */
  result(): { n: number; rows: EvaluationRow[] } {
    const n = this.errors[0]?.length ?? 0;
    const spans = [
      ['all', 0],
      ['last-half', Math.floor(n / 2)],
    ] as const;
    const rows = this.models.flatMap(({ name: model }, m) =>
      spans.flatMap(([span, from]) => {
        const errors = this.errors[m]!.slice(from);
        const squares = errors.map((error) => error * error);
        return [
          rootRow(meanRow(model, 'RMSE', squares, span)),
          meanRow(model, 'MAE', errors.map(Math.abs), span),
        ];
      }),
    );
    return { n, rows };
  }
}

/** The root of a mean; its standard error by the delta method: that of the mean over 2 √mean. */
function rootRow({ value, standardError, ...rest }: EvaluationRow): EvaluationRow {
  const root = Math.sqrt(value);
  return {
    ...{ ...rest, value: root },
    ...(standardError !== undefined && { standardError: standardError / (2 * root) }),
  };
}
