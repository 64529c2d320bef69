// Area under the ROC curve: the probability that a positive is scored above a negative.

/**
 * AUC by average ranks, so that ties count half (Mann–Whitney): (R⁺ − n⁺(n⁺+1)/2) / (n⁺ n⁻). NaN if
 * one of the classes is missing.
 */
export function auc(scores: ArrayLike<number>, labels: ArrayLike<boolean | number>): number {
  const order = Array.from({ length: scores.length }, (_, i) => i);
  order.sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to += 1;
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) {
      if (labels[order[i]!]) {
        positives += 1;
        rankSum += rank;
      }
    }
    from = to;
  }
  const negatives = order.length - positives;
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
