// Figures of scores of choices, and their means over seeds.
import { hitRate, meanRank, ndcg, rankOf } from '../metrics/ranking.ts';
import { type EvaluationRow, meanRow } from './evaluation.ts';
import type { Choice } from './next-liked.ts';

/** Number of places of the slate whose reward is counted. */
export const SLATE = 5;

/** Figures of one policy under one seed. */
export interface ChoiceFigures {
  readonly n: number;
  readonly 'NDCG@10': number;
  /** Share of the others that the liked one stands above, ties half. */
  readonly AUC: number;
  /** Number of likes in a slate of the best five. */
  readonly reward: number;
}

/**
 * @param scores one score for each candidate; of equal ones see models/metrics/ranking.ts
 */
export function figuresOf(
  choices: readonly Choice[],
  scores: (choice: Choice, index: number) => ArrayLike<number>,
): ChoiceFigures {
  const sums = { 'NDCG@10': 0, AUC: 0, reward: 0 };
  for (const [i, choice] of choices.entries()) {
    const rank = rankOf(scores(choice, i), choice.liked);
    const others = choice.candidates.length - 1;
    sums['NDCG@10'] += ndcg(rank);
    sums.AUC += (others + 1 - meanRank(rank)) / others;
    sums.reward += hitRate(rank, SLATE);
  }
  const n = choices.length;
  return {
    n,
    'NDCG@10': sums['NDCG@10'] / n,
    AUC: sums.AUC / n,
    reward: sums.reward / n,
  };
}

/** Means over the seeds, each with its standard error s / √seeds. */
export function meanRows(
  model: string,
  bySeed: readonly Readonly<Record<string, number>>[],
): EvaluationRow[] {
  return Object.keys(bySeed[0] ?? {}).map((metric) =>
    meanRow(
      model,
      metric,
      bySeed.map((one) => one[metric]!),
    ),
  );
}
