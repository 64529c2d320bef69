// Slates whose whole reward is a sum over slots, though it is seen only as a whole.
import type { Terms } from '../rounds.ts';
import { type SlateDistribution, slotMarginals } from './distribution.ts';
import { perSlate, type SlateRounds } from './rounds.ts';
import { pseudoSolve } from './symmetric.ts';

/**
 * Pseudo-inverse: V̂ = (1/n) Σᵢ (Σₖ rᵢₖ) · qπᵀ Γ⁺ 1ₛ, Γ = E₀[1ₛ1ₛᵀ], qπ = Eπ[1ₛ]. Unbiased where the
 * slate's reward is linear in its (slot, item) indicators 1ₛ, also when only the sum is seen.
 * Swaminathan, Krishnamurthy, Agarwal, Dudík, Langford, Jose & Zitouni 2017.
 * @param weights qπᵀ Γ⁺ 1ₛ of each logged slate; may be negative
 */
export function pseudoInverse({ slots, rewards }: SlateRounds, weights: Float64Array): Terms {
  return perSlate(rewards.length, slots, (from) => {
    let reward = 0;
    for (let k = from; k < from + slots; k++) reward += rewards[k]!;
    return weights[from / slots]! * reward;
  });
}

/** Γ⁺ qπ of one context, at `slot · items + item`: a slate's weight is the sum over its entries. */
export function pseudoInverseWeights(
  logging: SlateDistribution,
  target: SlateDistribution,
): Float64Array {
  const { slates, probabilities, slots, items } = logging;
  const size = slots * items;
  const gamma = new Float64Array(size * size);
  for (const [s, slate] of slates.entries()) {
    for (const [j, a] of slate.entries()) {
      for (const [k, b] of slate.entries()) {
        gamma[(j * items + a) * size + k * items + b]! += probabilities[s]!;
      }
    }
  }
  return pseudoSolve(gamma, slotMarginals(target));
}

/**
 * The pseudo-inverse weight of a slate whose slots are drawn independently: Σₖ wₖ − (slots − 1).
 */
export function factoredWeight(slotWeights: Float64Array): number {
  return slotWeights.reduce((total, weight) => total + weight - 1, 1);
}
