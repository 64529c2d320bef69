// Ranks of a single relevant item, and what they are worth.

/**
 * Rank of `target` among the scores: 1 + better + tied / 2; NaN scores are no candidates.
 * @param size number of scores that count, from the first on.
 * @default all
 * @param isLeftOut which other scores are no candidates.
 * @default none
 */
export function midRank(
  scores: ArrayLike<number>,
  target: number,
  size = scores.length,
  isLeftOut?: (item: number) => boolean,
): number {
  const score = scores[target]!;
  let better = 0;
  let tied = -1; // the target itself
  for (let i = 0; i < size; i++) {
    if (!(scores[i]! >= score) || isLeftOut?.(i)) continue;
    if (scores[i]! > score) better += 1;
    else tied += 1;
  }
  return 1 + better + tied / 2;
}

/** NDCG@k with one relevant item: 1 / log2(1 + rank) within k, else 0. */
export function ndcg(rank: number, k = 10): number {
  return rank <= k ? 1 / Math.log2(1 + rank) : 0;
}

/** Hit rate: 1 if the rank is within k, else 0. */
export function hitRate(rank: number, k = 10): number {
  return rank <= k ? 1 : 0;
}
