// Importance weighting of slates: the less the rewards depend on other slots, the smaller the weights.
import type { Terms } from '../rounds.ts';
import { perSlate, type SlateRounds } from './rounds.ts';

/**
 * Standard IPS: V̂ = (1/n) Σᵢ (Πₖ wᵢₖ) Σₖ rᵢₖ. Unbiased whatever the rewards depend on, with the
 * variance of a product of all the slots' weights. Precup, Sutton & Singh 2000.
 */
export function standardSlateIps({ slots, rewards, conditional }: SlateRounds): Terms {
  return perSlate(rewards.length, slots, (from) => {
    let weight = 1;
    let reward = 0;
    for (let k = from; k < from + slots; k++) {
      weight *= conditional[k]!;
      reward += rewards[k]!;
    }
    return weight * reward;
  });
}

/**
 * Independent IPS: V̂ = (1/n) Σᵢ Σₖ π(aₖ|x)/π₀(aₖ|x) rᵢₖ. Unbiased where a slot's reward depends on
 * its own item alone. Li, Abbasi-Yadkori, Kveton, Muthukrishnan, Vinay & Wen 2018.
 * @param marginal the ratio of each slot's marginal probabilities, as `SlateRounds`
 */
export function independentIps({ slots, rewards }: SlateRounds, marginal: Float64Array): Terms {
  return perSlate(rewards.length, slots, (from) => {
    let value = 0;
    for (let k = from; k < from + slots; k++) value += marginal[k]! * rewards[k]!;
    return value;
  });
}

/**
 * Reward-interaction IPS: V̂ = (1/n) Σᵢ Σₖ (Πⱼ≤ₖ wᵢⱼ) rᵢₖ. Unbiased where a slot's reward depends on
 * its item and those above (a user who reads downwards). McInerney, Brost, Chandar, Mehrotra & Carterette 2020.
 */
export function rewardInteractionIps({ slots, rewards, conditional }: SlateRounds): Terms {
  return perSlate(rewards.length, slots, (from) => {
    let value = 0;
    let weight = 1;
    for (let k = from; k < from + slots; k++) {
      weight *= conditional[k]!;
      value += weight * rewards[k]!;
    }
    return value;
  });
}
