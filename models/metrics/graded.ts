// NDCG of a list with several relevant items, which may be relevant to different degrees.
import { blocksOf } from './ranking.ts';

/**
 * Σ_ranks ≤ k gain / log2(1 + rank), over the best that could be (Järvelin & Kekäläinen 2002). Items with
 * equal scores share what their ranks are worth together; a score that is NaN ranks last (see ranking.ts).
 * @param gains gain of each item, 0 or more: true is 1. A grade counts as it is (linear gain); for the gain
 *   2^grade − 1 (Burges et al. 2005) hand that over.
 * @returns NaN without a gain above 0, or if a gain is negative or NaN
 */
export function listNdcg(
  scores: ArrayLike<number>,
  gains: ArrayLike<boolean | number>,
  k = 10,
): number {
  const sorted = Float64Array.from({ length: scores.length }, (_, i) => Number(gains[i]!)).sort();
  if (!(sorted[0]! >= 0) || Number.isNaN(sorted.at(-1))) return Number.NaN;
  let best = 0;
  for (const [i, gain] of sorted.reverse().subarray(0, k).entries()) best += gain * discount(i);
  let gained = 0;
  let from = 0;
  for (const block of blocksOf(scores)) {
    let own = 0;
    for (const i of block) own += Number(gains[i]!);
    let worth = 0;
    for (let i = from; i < Math.min(from + block.length, k); i++) worth += discount(i);
    gained += (own * worth) / block.length;
    from += block.length;
  }
  return gained / best;
}

/** What the rank 1 + index is worth. */
const discount = (index: number) => 1 / Math.log2(2 + index);
