// NDCG of a list with several relevant items, where scores may be tied.

/**
 * Σ_ranks ≤ k label / log2(1 + rank), over the best that could be. Items with equal scores share
 * what their ranks are worth together (McSherry & Najork 2008, ECIR). NaN without a positive.
 */
export function listNdcg(
  scores: ArrayLike<number>,
  labels: ArrayLike<boolean | number>,
  k = 10,
): number {
  const order = Array.from({ length: scores.length }, (_, i) => i);
  order.sort((a, b) => scores[b]! - scores[a]!);
  let gained = 0;
  let positives = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    let liked = 0;
    for (; to < order.length && scores[order[to]!] === scores[order[from]!]; to++) {
      if (labels[order[to]!]) liked += 1;
    }
    gained += (liked * discounts(from, Math.min(to, k))) / (to - from);
    positives += liked;
    from = to;
  }
  return gained / discounts(0, Math.min(positives, k));
}

/** Σ 1 / log2(2 + index), for indices from `from` to before `to`. */
function discounts(from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += 1 / Math.log2(2 + i);
  return sum;
}
