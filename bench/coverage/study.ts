// How often the intervals of every estimator hold the truth, and how wide they are for that.
import type { Interval } from '../../models/ope/intervals/interval.ts';
import { type Estimate, estimateAll } from '../../models/ope/report.ts';
import { rewardTable } from '../../models/ope/tabular.ts';
import { sequentialRounds, tabularRounds } from '../../models/ope/tabular-rounds.ts';
import { logOf, makeWorld } from './world.ts';

export const METHODS = ['normal', 'percentile', 'bca', 'empiricalBernstein', 'anytime'] as const;
export type Method = (typeof METHODS)[number];

export interface Row {
  /** Name of the estimator without its λ, which differs from world to world. */
  readonly estimator: string;
  /** Mean of (estimate − truth); `rmse` is the root of the mean square. */
  readonly bias: number;
  readonly rmse: number;
  /**
   * For each method, the share of worlds whose interval holds the truth, and the mean width; null
   * if the method gives none.
   */
  readonly intervals: Record<Method, { coverage: number; width: number } | null>;
}

export interface StudyOptions {
  readonly worlds: number;
  /** Number of rounds in each world's log. */
  readonly rounds: number;
  readonly resamples: number;
  readonly seed: number;
}

export function study({ worlds, rounds, resamples, seed }: StudyOptions): Row[] {
  const all: { truth: number; estimates: Estimate[] }[] = [];
  for (let i = 0; i < worlds; i++) {
    const world = makeWorld(seed + i);
    const log = logOf(world, rounds, seed + worlds + i);
    const estimates = estimateAll(tabularRounds(log, world.target, rewardTable(log)), {
      seed: seed + i,
      resamples,
      unitRewards: true,
      maxWeight: world.maxWeight,
      sequential: sequentialRounds(log, world.target),
    });
    all.push({ truth: world.truth, estimates });
  }
  return all[0]!.estimates.map(({ estimator }, row) => {
    const own = all.map(({ truth, estimates }) => ({ truth, estimate: estimates[row]! }));
    const errors = own.map(({ truth, estimate }) => estimate.value - truth);
    return {
      estimator: estimator.replace(/\(.*/, ''),
      bias: average(errors),
      rmse: Math.sqrt(average(errors.map((error) => error ** 2))),
      intervals: Object.fromEntries(
        METHODS.map((method) => [
          method,
          covered(own.map(({ truth, estimate }) => ({ truth, interval: estimate[method] }))),
        ]),
      ) as Row['intervals'],
    };
  });
}

function covered(own: readonly { truth: number; interval: Interval | null }[]) {
  const held: number[] = [];
  const widths: number[] = [];
  for (const { truth, interval } of own) {
    if (interval === null) return null;
    held.push(interval.low <= truth && truth <= interval.high ? 1 : 0);
    widths.push(interval.high - interval.low);
  }
  return { coverage: average(held), width: average(widths) };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
