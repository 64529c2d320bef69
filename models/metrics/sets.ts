// What a list of k items is worth when several items are relevant.
//
// Other than in ranking.ts, ties are broken: a list of k is shown, and shows one of two equal items.

/**
 * The best k items, the best first. Of equal scores the lower number comes first, so number the items in
 * the order of their ids. A score that is NaN or −∞ is in no list.
 * @param isLeftOut items that are no candidates.
 * @default none
 */
export function topItems(
  scores: ArrayLike<number>,
  k = 10,
  isLeftOut?: (item: number) => boolean,
): number[] {
  const top: number[] = [];
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!;
    if (!(score > Number.NEGATIVE_INFINITY)) continue;
    if (top.length === k && !(score > scores[top[k - 1]!]!)) continue;
    if (isLeftOut?.(item)) continue;
    let at = top.length;
    while (at > 0 && scores[top[at - 1]!]! < score) at -= 1;
    top.splice(at, 0, item);
    if (top.length > k) top.pop();
  }
  return top;
}

/** Recall@k: share of the targets that the list holds; NaN without targets. */
export function recallOf(top: readonly number[], targets: ReadonlySet<number>): number {
  return top.filter((item) => targets.has(item)).length / targets.size;
}

/**
 * NDCG@k of a list of k: Σ over hits of 1 / log2(1 + rank), over that of the best list of k; NaN without
 * targets (Järvelin & Kekäläinen 2002, binary gains).
 */
export function setNdcg(top: readonly number[], targets: ReadonlySet<number>, k = 10): number {
  let gained = 0;
  let best = 0;
  for (let i = 0; i < k; i++) {
    const worth = 1 / Math.log2(2 + i);
    if (i < top.length && targets.has(top[i]!)) gained += worth;
    if (i < targets.size) best += worth;
  }
  return gained / best;
}
