// Doubly robust estimators: the reward model, corrected by its weighted errors on the log.
import { mean } from '../moments.ts';
import { directOf, type ModelledRounds, type Terms, terms } from './rounds.ts';
import { cutOff, optimistic, plain, type Shrinkage, subGaussian } from './shrinkage.ts';

/**
 * DR: V̂ = (1/n) Σ [Σₐ π(a|xᵢ) q(xᵢ, a) + wᵢ (rᵢ − q(xᵢ, aᵢ))]. Unbiased when the propensities or
 * the model are right. Dudík, Langford & Li 2011.
 */
export function dr(rounds: ModelledRounds, shrinkage: Shrinkage = plain): Terms {
  const effective = rounds.weights.map(shrinkage);
  return { ...corrected(rounds, effective), direct: directOf(rounds, effective) };
}

/** SNDR: the correction divided by the mean weight. Thomas & Brunskill 2016 (weighted doubly robust). */
export function sndr(rounds: ModelledRounds): Terms {
  const scale = mean(rounds.weights);
  const effective = rounds.weights.map((weight) => weight / scale);
  return {
    ...corrected(rounds, rounds.weights),
    direct: directOf(rounds, effective),
    norm: rounds.weights,
  };
}

/** Switch-DR(λ): the correction only where wᵢ ≤ λ. Wang, Agarwal & Dudík 2017. */
export function switchDr(rounds: ModelledRounds, lambda: number): Terms {
  return dr(rounds, cutOff(lambda));
}

/** DRos(λ): wᵢ becomes λwᵢ / (wᵢ² + λ); λ = 0 is DM, λ → ∞ is DR. Su, Dimakopoulou, Krishnamurthy & Dudík 2020. */
export function drOs(rounds: ModelledRounds, lambda: number): Terms {
  return dr(rounds, optimistic(lambda));
}

/** SG-DR(λ): wᵢ becomes wᵢ / (1 − λ + λwᵢ); λ = 0 is DR. Metelli, Russo & Restelli 2021. */
export function subGaussianDr(rounds: ModelledRounds, lambda: number): Terms {
  return dr(rounds, subGaussian(lambda));
}

function corrected({ rewards, predicted }: ModelledRounds, effective: Float64Array): Terms {
  const made = terms(effective.length);
  for (let i = 0; i < effective.length; i++) {
    made.correction[i] = effective[i]! * (rewards[i]! - predicted[i]!);
  }
  return made;
}
