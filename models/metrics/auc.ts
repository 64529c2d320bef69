// Area under the ROC curve: the probability that a positive is scored above a negative.
import { blocksOf } from './ranking.ts';

/**
 * AUC by average ranks, so that ties count half (Mann–Whitney): (R⁺ − n⁺(n⁺+1)/2) / (n⁺ n⁻). A score that
 * is NaN is below every other (see ranking.ts).
 * @param labels whether each is a positive: 0 and 1, or false and true
 * @returns NaN if one of the classes is missing, or for a label that is neither, such as a grade
 */
export function auc(scores: ArrayLike<number>, labels: ArrayLike<boolean | number>): number {
  let positives = 0;
  let rankSum = 0;
  let from = 0;
  for (const block of blocksOf(scores).reverse()) {
    const rank = from + (1 + block.length) / 2;
    from += block.length;
    for (const i of block) {
      const label = Number(labels[i]!);
      if (label !== 0 && label !== 1) return Number.NaN;
      positives += label;
      rankSum += label * rank;
    }
  }
  const negatives = scores.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Standard error of an AUC (Hanley & McNeil 1982, equations 1 and 2): with Q₁ = A / (2 − A) and
 * Q₂ = 2A² / (1 + A), √([A(1 − A) + (n⁺ − 1)(Q₁ − A²) + (n⁻ − 1)(Q₂ − A²)] / (n⁺ n⁻)).
 */
export function aucError(value: number, positives: number, negatives: number): number {
  const square = value * value;
  const first = value / (2 - value) - square;
  const second = (2 * square) / (1 + value) - square;
  const spread = value * (1 - value) + (positives - 1) * first + (negatives - 1) * second;
  return Math.sqrt(Math.max(0, spread) / (positives * negatives));
}
