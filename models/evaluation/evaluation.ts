// The result of an evaluation: one row for each model, metric and span of the stream.

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
