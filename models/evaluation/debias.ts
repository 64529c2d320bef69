// Judges on ratings of items drawn at random what a model learned from ratings that users chose to
// give.

import { auc } from '../metrics/auc.ts';
import { listNdcg } from '../metrics/graded.ts';
import { square } from '../power.ts';
import type { EvaluationRow } from './evaluation.ts';

/** A rating of an item drawn at random, with what a model said of it. */
export interface JudgedRating {
  readonly user: number;
  readonly positive: boolean;
  readonly stars: number;
  /** A score: any increasing function of P(positive). */
  readonly score: number;
  /** Expected stars; absent for a model that only ranks. */
  readonly expected?: number;
}

/** AUC over all pairs; NDCG@5 over the list of each user who has a positive; MSE of the stars. */
export function debiasRows(model: string, judged: readonly JudgedRating[]): EvaluationRow[] {
  const byUser = [...Map.groupBy(judged, ({ user }) => user).values()];
  const gains = byUser
    .map((list) =>
      listNdcg(
        list.map(({ score }) => score),
        list.map(({ positive }) => positive),
        5,
      ),
    )
    .filter((gain) => !Number.isNaN(gain));
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const errors = judged.flatMap(({ expected, stars }) =>
    expected === undefined ? [] : [square(expected - stars)],
  );
  const metrics = {
    AUC: auc(
      judged.map(({ score }) => score),
      judged.map(({ positive }) => positive),
    ),
    'NDCG@5': mean(gains),
    ...(errors.length > 0 ? { MSE: mean(errors) } : {}),
  };
  return Object.entries(metrics).map(([metric, value]) => ({ model, metric, span: 'all', value }));
}
