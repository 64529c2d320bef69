// Ranks of a single relevant item, and what they are worth.

/** 1 + better + tied / 2 of `target` among the scores; NaN scores are no candidates. */
export function midRank(scores: ArrayLike<number>, target: number): number {
  const score = scores[target]!;
  let better = 0;
  let tied = -1; // the target itself
  for (let i = 0; i < scores.length; i++) {
    if (scores[i]! > score) better += 1;
    else if (scores[i] === score) tied += 1;
  }
  return 1 + better + tied / 2;
}

/** NDCG@k with one relevant item: 1 / log2(1 + rank) within k, else 0. */
export function ndcg(rank: number, k = 10): number {
  return rank <= k ? 1 / Math.log2(1 + rank) : 0;
}

/** 1 within k, else 0. */
export function hitRate(rank: number, k = 10): number {
  return rank <= k ? 1 : 0;
}
