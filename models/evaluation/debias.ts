// Judges on ratings of items drawn at random what a model learned from ratings that users chose to
// give.

import { auc, aucError } from '../metrics/auc.ts';
import { listNdcg } from '../metrics/graded.ts';
import { square } from '../power.ts';
import { type EvaluationRow, meanRow } from './evaluation.ts';

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

/**
 * AUC over all pairs; NDCG@5 over the list of each user who has a positive; MSE of the stars; with standard
 * errors as if pairs, and users, were independent.
 */
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
  const errors = judged.flatMap(({ expected, stars }) =>
    expected === undefined ? [] : [square(expected - stars)],
  );
  const labels = judged.map(({ positive }) => positive);
  const area = auc(
    judged.map(({ score }) => score),
    labels,
  );
  const positives = labels.filter(Boolean).length;
  const error = aucError(area, positives, labels.length - positives);
  return [
    { model, metric: 'AUC', span: 'all', value: area, standardError: error },
    meanRow(model, 'NDCG@5', gains),
    ...(errors.length > 0 ? [meanRow(model, 'MSE', errors)] : []),
  ];
}
