// The data of an off-policy estimator: logged rounds, as columns of one length.
import { mean, standardError } from '../moments.ts';

/** Logged rounds of one decision each. */
export interface Rounds {
  /**
   * Weights wᵢ = π(aᵢ|xᵢ) / π₀(aᵢ|xᵢ): the evaluated policy's probability over the logged
   * propensity.
   */
  readonly weights: Float64Array;
  readonly rewards: Float64Array;
}

/** Logged rounds with a reward model q. */
export interface ModelledRounds extends Rounds {
  /** Predicted rewards q(xᵢ, aᵢ): what the model expects of the logged action. */
  readonly predicted: Float64Array;
  /** Σₐ π(a|xᵢ) q(xᵢ, a): what it expects of the evaluated policy. */
  readonly expected: Float64Array;
  /**
   * For a model fitted on these very rounds: each round's share, with mean 0, in the error that the
   * model brings into mean(expected − ŵ·predicted), for the weights ŵ that an estimator uses. Without
   * it errors and intervals take the model for given.
   */
  readonly learned?: (effective: Float64Array) => Float64Array;
}

/**
 * What each round adds to an estimate: value = mean(direct) + mean(correction) / mean(norm). Every
 * estimator here has this form; norm is 1 unless the estimator normalises itself.
 */
export interface Terms {
  readonly direct: Float64Array;
  readonly correction: Float64Array;
  readonly norm: Float64Array;
}

export function terms(n: number): Terms {
  return {
    direct: new Float64Array(n),
    correction: new Float64Array(n),
    norm: new Float64Array(n).fill(1),
  };
}

/**
 * The estimate; NaN if nothing that the policy would do was logged and the estimator divides by it.
 */
export function estimateOf({ direct, correction, norm }: Terms): number {
  return mean(direct) + mean(correction) / mean(norm);
}

/**
 * The direct part of an estimate: what the model says, and what fitting the model adds to the error
 * for these weights.
 */
export function directOf({ expected, learned }: ModelledRounds, effective: Float64Array) {
  if (!learned) return expected;
  const shares = learned(effective);
  return expected.map((value, i) => value + shares[i]!);
}

/**
 * The rounds' linearised contributions: their mean is the estimate, their variance n times its
 * variance (delta method for the self-normalised: Cochran 1977, ratio estimators).
 */
export function influenceOf({ direct, correction, norm }: Terms): Float64Array {
  const scale = mean(norm);
  const ratio = mean(correction) / scale;
  return direct.map((value, i) => value + ratio + (correction[i]! - ratio * norm[i]!) / scale);
}

/** Standard error of the estimate, from its influence values. */
export function errorOf(terms: Terms): number {
  return standardError(influenceOf(terms));
}

/**
 * One term for each cluster of rounds that are not independent, such as the positions of a slate.
 * The estimate stays the same; its error is that of as many independent pieces as there are
 * clusters.
 * @param clusters cluster of each round, numbered from 0 without gaps
 */
export function clustered(terms: Terms, clusters: Int32Array): Terms {
  const count = clusters.reduce((most, cluster) => Math.max(most, cluster), -1) + 1;
  const size = clusters.length / count;
  const sums = (values: Float64Array) => {
    const made = new Float64Array(count);
    for (let i = 0; i < values.length; i++) made[clusters[i]!]! += values[i]! / size;
    return made;
  };
  return {
    direct: sums(terms.direct),
    correction: sums(terms.correction),
    norm: sums(terms.norm),
  };
}
