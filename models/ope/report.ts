// Every estimate of one policy, with its intervals and what can be said against it.
import { dr } from './dr.ts';
import { type Estimator, estimators, type Family, families } from './estimators.ts';
import { anytimeIps, anytimeMean } from './intervals/betting.ts';
import { bca, bootstrap, percentile } from './intervals/bootstrap.ts';
import { empiricalBernstein } from './intervals/empirical-bernstein.ts';
import { type Interval, normalInterval } from './intervals/interval.ts';
import {
  clustered,
  errorOf,
  estimateOf,
  influenceOf,
  type ModelledRounds,
  type Terms,
} from './rounds.ts';
import { slope } from './slope.ts';

export interface Estimate {
  /** Name of the estimator in the literature, with the λ that SLOPE chose, if it has one. */
  readonly estimator: string;
  readonly value: number;
  readonly standardError: number;
  /**
   * Normal interval. Like the next two it is asymptotic: nearly exact for many rounds and light
   * tails.
   */
  readonly normal: Interval;
  readonly percentile: Interval;
  readonly bca: Interval;
  /**
   * Interval of `ipw` that holds at any number of rounds; null if the largest weight is not known.
   */
  readonly empiricalBernstein: Interval | null;
  /**
   * Interval of `ipw` and `dr` that holds at all times at once; null if what it needs is not known.
   */
  readonly anytime: Interval | null;
}

export interface ReportOptions {
  /** Confidence of each interval by itself. @default 0.95 */
  readonly confidence?: number;
  /** Seed of the bootstrap. */
  readonly seed: number;
  /** Number of resamples of the bootstrap. @default 1000 */
  readonly resamples?: number;
  /** Terms of other estimators on the same log by name, such as those of slates. */
  readonly others?: Readonly<Record<string, Terms>>;
  /**
   * Number of the cluster of each round, for rounds that belong together (see `clustered`). With
   * clusters the last two intervals are null.
   */
  readonly clusters?: Int32Array;
  /** Whether the rewards are in [0, 1]. If not, the last two intervals are null. @default false */
  readonly unitRewards?: boolean;
  /**
   * Largest weight that a round could have had, which follows from the policies and not from the
   * log.
   */
  readonly maxWeight?: number;
  /** The rounds with a reward model in [0, 1] that has seen earlier rounds only. */
  readonly sequential?: ModelledRounds;
}

/**
 * All estimates: of estimators without λ, of those with one at the λ that the log supports, and of
 * `others`, which have a term for each cluster, or for each round if there are no clusters.
 */
export function estimateAll(rounds: ModelledRounds, options: ReportOptions): Estimate[] {
  const { confidence = 0.95, clusters } = options;
  const termsOf = (estimator: Estimator) => {
    const terms = estimator.terms(rounds);
    return clusters ? clustered(terms, clusters) : terms;
  };
  const most = rounds.weights.reduce((max, weight) => Math.max(max, weight), 0);
  const atItsBest = (family: Family) =>
    family.at(slope(family.ladder(most), (lambda) => termsOf(family.at(lambda))).parameter);
  const chosen = [...estimators, ...families.map(atItsBest)];
  const named = [
    ...chosen.map((estimator) => [estimator.name, termsOf(estimator)] as const),
    ...Object.entries(options.others ?? {}),
  ];
  const resampled = bootstrap(
    named.map(([, terms]) => terms),
    options,
  );
  return named.map(([name, own], row) => {
    return {
      estimator: name,
      value: estimateOf(own),
      standardError: errorOf(own),
      normal: normalInterval(own, confidence),
      percentile: percentile(resampled[row]!, confidence),
      bca: bca(resampled[row]!, own, confidence),
      ...guaranteed(name, own, rounds, options, confidence),
    };
  });
}

/**
 * The intervals that are guaranteed to cover the policy's value; only unbiased estimators have
 * them.
 */
function guaranteed(
  name: string,
  terms: Terms,
  { weights, rewards }: ModelledRounds,
  { unitRewards = false, maxWeight, sequential, clusters }: ReportOptions,
  confidence: number,
): Pick<Estimate, 'empiricalBernstein' | 'anytime'> {
  if (!unitRewards || clusters || (name !== 'ipw' && name !== 'dr')) return NOTHING;
  if (name === 'dr') {
    if (!sequential || maxWeight === undefined) return NOTHING;
    const range = { low: -maxWeight, high: 1 + maxWeight };
    const values = influenceOf(dr(sequential));
    return { ...NOTHING, anytime: unit(anytimeMean(values, range, confidence)) };
  }
  if (maxWeight === undefined) {
    return { ...NOTHING, anytime: unit(anytimeIps(weights, rewards, confidence)) };
  }
  const range = { low: 0, high: maxWeight };
  return {
    empiricalBernstein: unit(empiricalBernstein(terms.correction, range, confidence)),
    anytime: unit(anytimeMean(terms.correction, range, confidence)),
  };
}

/** The part of an interval in which the mean of rewards in [0, 1] can be. */
const unit = ({ low, high }: Interval) => ({ low: Math.max(0, low), high: Math.min(1, high) });

const NOTHING = { empiricalBernstein: null, anytime: null };
