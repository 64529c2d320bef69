// The result of an evaluation: one row for each model, metric and span of the stream.
import { mean, standardError } from '../moments.ts';

export interface EvaluationRow {
  readonly model: string;
  /**
   * Name of the metric: `AUC`, `LogLoss`, `HR@10`, `NDCG@10`, `MRR`, `RMSE`, `MAE`, `reward`, the
   * name of an estimator, or what it took: `n` scored, `added ms` and `tokens` of a language model
   * a decision.
   */
  readonly metric: string;
  /**
   * Part of the stream. `last-half`: events with index ≥ floor(n / 2); nothing is reset before
   * them.
   */
  readonly span: 'all' | 'last-half';
  readonly value: number;
  /** Standard error of the value, if the protocol knows it. */
  readonly standardError?: number;
}

/** The same data, code and seed give the same evaluation. */
export interface Evaluation {
  readonly protocol: string;
  readonly dataset: string;
  /** Number of events, rounds, pairs or users scored, as the protocol counts. */
  readonly n: number;
  readonly seed: number;
  readonly rows: readonly EvaluationRow[];
}

/** A row of the mean of some values, with its standard error if there are two values or more. */
export function meanRow(
  model: string,
  metric: string,
  values: readonly number[],
  span: EvaluationRow['span'] = 'all',
): EvaluationRow {
  const row = { model, metric, span, value: mean(values) };
  return values.length < 2 ? row : { ...row, standardError: standardError(values) };
}
