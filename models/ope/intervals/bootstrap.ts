// Intervals by resampling rounds: nearly exact for many rounds and light tails, no guarantee below.
import { Random } from '../../random.ts';
import { normalCdf, normalQuantile } from '../normal.ts';
import { estimateOf, influenceOf, type Terms } from '../rounds.ts';
import type { Interval } from './interval.ts';

export interface BootstrapOptions {
  /** Number of resamples. @default 1000 */
  readonly resamples?: number;
  readonly seed: number;
}

/**
 * The estimates on resamples of the rounds (Efron 1979), sorted: one row for each estimator, all on
 * the same resamples.
 */
export function bootstrap(all: readonly Terms[], options: BootstrapOptions): Float64Array[] {
  const { resamples = 1000, seed } = options;
  const n = all[0]!.direct.length;
  const random = new Random(seed);
  const counts = new Float64Array(n);
  const values = all.map(() => new Float64Array(resamples));
  for (let b = 0; b < resamples; b++) {
    counts.fill(0);
    for (let draw = 0; draw < n; draw++) counts[random.below(n)]! += 1;
    for (const [row, terms] of all.entries()) values[row]![b] = resampled(terms, counts);
  }
  return values.map((row) => row.sort());
}

function resampled({ direct, correction, norm }: Terms, counts: Float64Array): number {
  let sum = 0;
  let corrected = 0;
  let scale = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    sum += count * direct[i]!;
    corrected += count * correction[i]!;
    scale += count * norm[i]!;
  }
  return sum / counts.length + corrected / scale;
}

/**
 * The percentile interval: the middle `confidence` of the sorted resampled estimates (Efron &
 * Tibshirani 1993, ch. 13).
 */
export function percentile(sorted: Float64Array, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

/**
 * Bias-corrected and accelerated: the percentiles moved by the median bias z₀ and the skewness a of
 * the rounds' influence. Efron 1987; a from the infinitesimal jackknife.
 */
export function bca(sorted: Float64Array, terms: Terms, confidence: number): Interval {
  const value = estimateOf(terms);
  let below = 0;
  for (const estimate of sorted) below += estimate < value ? 1 : estimate === value ? 0.5 : 0;
  const z0 = normalQuantile(below / sorted.length);
  if (!Number.isFinite(z0)) return percentile(sorted, confidence);
  const acceleration = accelerationOf(terms, value);
  const at = (share: number) => {
    const z = z0 + normalQuantile(share);
    return quantile(sorted, normalCdf(z0 + z / (1 - acceleration * z)));
  };
  const tail = (1 - confidence) / 2;
  return { low: at(tail), high: at(1 - tail) };
}

function accelerationOf(terms: Terms, value: number): number {
  let squares = 0;
  let cubes = 0;
  for (const influence of influenceOf(terms)) {
    const centred = influence - value;
    squares += centred * centred;
    cubes += centred * centred * centred;
  }
  return squares === 0 ? 0 : cubes / (6 * squares * Math.sqrt(squares));
}

/** Quantile of sorted values, linear between order statistics. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}
