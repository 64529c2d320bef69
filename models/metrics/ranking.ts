// Ranks by score, and what the rank of a single relevant item is worth.
//
// One rule for all figures of this folder. Items with equal scores stand in any order of theirs with the
// same probability: a figure is its mean over those orders (McSherry & Najork 2008, ECIR). A score that is
// NaN says nothing: its item ranks last, as high as others without a score. `midHit` and `midNdcg` judge the
// mean rank instead, as some protocols ask.

/** The ranks an item may have: from `first` to `first + ties`, all as probable as each other. */
export interface TiedRank {
  /** 1 + number of better candidates. */
  readonly first: number;
  /** Number of other candidates with the same score. */
  readonly ties: number;
}

/**
 * Rank of `target` among the scores.
 * @param size number of scores that count, from the first on.
 * @default all
 * @param isLeftOut which other scores are no candidates.
 * @default none
 */
export function rankOf(
  scores: ArrayLike<number>,
  target: number,
  size = scores.length,
  isLeftOut?: (item: number) => boolean,
): TiedRank {
  const score = scores[target]!;
  const isNone = Number.isNaN(score);
  let better = 0;
  let ties = -1; // the target itself
  for (let i = 0; i < size; i++) {
    const other = scores[i]!;
    // Comparisons with NaN are false, so that a score that is NaN is neither better nor tied here.
    if (!(isNone || other >= score) || isLeftOut?.(i)) continue;
    if (isNone ? Number.isNaN(other) : other === score) ties += 1;
    else better += 1;
  }
  return { first: 1 + better, ties };
}

/** The mean of the ranks it may have: 1 + better + ties / 2. */
export const meanRank = ({ first, ties }: TiedRank) => first + ties / 2;

/** Hit rate of the mean rank: 1 within k, else 0. Also called Acc@k, or Recall@k of one target. */
export const midHit = (rank: TiedRank, k = 10) => (meanRank(rank) <= k ? 1 : 0);

/** NDCG@k of the mean rank: 1 / log2(1 + rank) within k, else 0. */
export const midNdcg = (rank: TiedRank, k = 10) =>
  meanRank(rank) <= k ? 1 / Math.log2(1 + meanRank(rank)) : 0;

/** NDCG@k with one relevant item: 1 / log2(1 + rank) within k, else 0. */
export function ndcg({ first, ties }: TiedRank, k = 10): number {
  let sum = 0;
  for (let rank = first; rank <= Math.min(first + ties, k); rank++) sum += 1 / Math.log2(1 + rank);
  return sum / (ties + 1);
}

/** Hit rate: the probability that the rank is within k. */
export function hitRate({ first, ties }: TiedRank, k = 10): number {
  return Math.min(Math.max(0, k + 1 - first), ties + 1) / (ties + 1);
}

/** Reciprocal rank, whose mean is the MRR (Voorhees 1999). */
export function reciprocalRank({ first, ties }: TiedRank): number {
  const last = first + ties;
  let sum = 0;
  for (let rank = first; rank <= Math.min(last, first + NEAR); rank++) sum += 1 / rank;
  if (last > first + NEAR) sum += harmonic(last) - harmonic(first + NEAR);
  return sum / (ties + 1);
}

/** Number of terms that are added one by one; what is left of the series below is then under 1e-13. */
const NEAR = 32;

/** Σ 1/i up to n, without the constant γ: ln n + 1/2n − 1/12n² + 1/120n⁴. */
function harmonic(n: number): number {
  const inverse = 1 / (n * n);
  return Math.log(n) + 1 / (2 * n) - inverse / 12 + (inverse * inverse) / 120;
}

/** Indices in the order of their scores, the best first, in blocks of equal scores. */
export function blocksOf(scores: ArrayLike<number>): number[][] {
  const order = Array.from({ length: scores.length }, (_, i) => i);
  // A comparison must be a number: with NaN in it the order would be any.
  order.sort((a, b) => {
    const [one, other] = [scores[a]!, scores[b]!];
    if (one === other) return 0;
    return one > other || Number.isNaN(other) ? (Number.isNaN(one) ? 0 : -1) : 1;
  });
  const blocks: number[][] = [];
  for (const i of order) {
    const block = blocks.at(-1);
    if (block && isTied(scores[block[0]!]!, scores[i]!)) block.push(i);
    else blocks.push([i]);
  }
  return blocks;
}

const isTied = (a: number, b: number) => a === b || (Number.isNaN(a) && Number.isNaN(b));
