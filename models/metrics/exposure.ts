// How widely and how evenly the showings are spread over all items.
import { mean, squaredDeviations } from '../moments.ts';

/**
 * Gini coefficient of counts: G = Σ_i (2i − n − 1) x_(i) / (n Σ x), x_(1) ≤ … ≤ x_(n). Items never
 * shown count as 0. Range 0 (all alike) to 1 − 1/n (one takes all); 0 when nothing was shown.
 */
export function gini(counts: readonly number[]): number {
  const sorted = [...counts].sort((a, b) => a - b);
  const n = sorted.length;
  const total = sum(sorted);
  if (total === 0) return 0;
  const weighted = sorted.reduce((sum, x, i) => sum + (2 * (i + 1) - n - 1) * x, 0);
  return weighted / (n * total);
}

export interface ExposureFigures {
  /** Number of showings: users × K where each user has one slate of K items. */
  readonly shown: number;
  readonly distinctItems: number;
  /** DivRatio (SPRec, WWW 2025): distinct items / showings. Range 1 / shown to 1. */
  readonly divRatio: number;
  /** ORRatio (SPRec): showings of the three items shown most / showings. Range 3 / n to 1. */
  readonly orRatio: number;
  /** CV, coefficient of variation: standard deviation / mean of the counts of all items. Range 0 to √(n − 1). */
  readonly cv: number;
  /** Distinct items / all items, which EasyRL4Rec and the papers after it call CV. Range 0 to 1. */
  readonly coverage: number;
  /** See `gini`. */
  readonly gini: number;
}

/**
 * @param counts showings of every item of the catalogue, 0 where it was never shown
 * @returns null if nothing was shown
 */
export function exposureFigures(counts: readonly number[]): ExposureFigures | null {
  const shown = sum(counts);
  if (!(shown > 0)) return null;
  const distinctItems = counts.filter((count) => count > 0).length;
  const most = [...counts].sort((a, b) => b - a).slice(0, 3);
  return {
    shown,
    distinctItems,
    divRatio: distinctItems / shown,
    orRatio: sum(most) / shown,
    cv: Math.sqrt(squaredDeviations(counts) / counts.length) / mean(counts),
    coverage: distinctItems / counts.length,
    gini: gini(counts),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
