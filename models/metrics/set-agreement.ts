// How far a predicted set agrees with the set that came.
import { blocksOf } from './ranking.ts';

/** Shared over either: |A ∩ B| / |A ∪ B|; 1 for two empty sets. */
export function jaccard(predicted: readonly number[], actual: ReadonlySet<number>): number {
  const shared = predicted.filter((item) => actual.has(item)).length;
  const either = predicted.length + actual.size - shared;
  return either === 0 ? 1 : shared / either;
}

/** F1, the harmonic mean of precision and recall: 2 |A ∩ B| / (|A| + |B|); 1 for two empty sets. */
export function f1(predicted: readonly number[], actual: ReadonlySet<number>): number {
  const shared = predicted.filter((item) => actual.has(item)).length;
  const both = predicted.length + actual.size;
  return both === 0 ? 1 : (2 * shared) / both;
}

/**
 * Area under the precision-recall curve as average precision: Σ (R_k − R_{k−1}) P_k over the distinct scores,
 * the best first, so that equal scores count together. NaN without a positive.
 */
export function averagePrecision(scores: ArrayLike<number>, actual: ReadonlySet<number>): number {
  let [taken, hits, sum] = [0, 0, 0];
  for (const block of blocksOf(scores)) {
    const found = block.filter((item) => actual.has(item)).length;
    taken += block.length;
    hits += found;
    sum += (found / actual.size) * (hits / taken);
  }
  return sum;
}
