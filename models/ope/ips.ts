// Inverse propensity scoring and its relatives: no reward model, so no bias of one.
import { type Rounds, type Terms, terms } from './rounds.ts';
import { clip, plain, type Shrinkage, subGaussian } from './shrinkage.ts';

/**
 * IPS: V̂ = (1/n) Σ wᵢ rᵢ. Unbiased where every action the policy takes was possible in the log.
 * Horvitz & Thompson 1952; Strehl, Langford, Li & Kakade 2010.
 */
export function ips(rounds: Rounds, shrinkage: Shrinkage = plain): Terms {
  const { weights, rewards } = rounds;
  const made = terms(weights.length);
  for (let i = 0; i < weights.length; i++) {
    made.correction[i] = shrinkage(weights[i]!) * rewards[i]!;
  }
  return made;
}

/** Clipped IPS: V̂ = (1/n) Σ min(wᵢ, λ) rᵢ. Never above IPS for rewards ≥ 0. Ionides 2008; Bottou et al. 2013. */
export function clippedIps(rounds: Rounds, lambda: number): Terms {
  return ips(rounds, clip(lambda));
}

/** Sub-Gaussian IPS: V̂ = (1/n) Σ wᵢ / (1 − λ + λwᵢ) rᵢ. Metelli, Russo & Restelli 2021. */
export function subGaussianIps(rounds: Rounds, lambda: number): Terms {
  return ips(rounds, subGaussian(lambda));
}

/**
 * SNIPS: V̂ = Σ wᵢ rᵢ / Σ wᵢ. Stays within the range of the rewards; biased by O(1/n).
 * Swaminathan & Joachims 2015.
 */
export function snips(rounds: Rounds): Terms {
  return { ...ips(rounds), norm: rounds.weights };
}
