// Doubly robust estimation of slates that are read downwards.
import type { Terms } from '../rounds.ts';
import { perSlate, type SlateRounds } from './rounds.ts';

/** A model of the reward from slot k downwards, at each slot of each logged slate. */
export interface CascadeModel {
  /** Qₖ(x, a₁…aₖ). */
  readonly predicted: Float64Array;
  /** Σₐ π(a|x, a₁…aₖ₋₁) Qₖ(x, a₁…aₖ₋₁, a). */
  readonly expected: Float64Array;
}

/**
 * Cascade-DR: V̂ = (1/n) Σᵢ Σₖ [w₁:ₖ (rₖ − Qₖ) + w₁:ₖ₋₁ Eπ Qₖ], w₁:ₖ = Πⱼ≤ₖ wⱼ. Unbiased for any Q
 * where a slot's reward depends on its item and those above; Q = 0 is reward-interaction IPS.
 * Kiyohara, Saito, Matsuhiro, Narita, Shimizu & Yamamoto 2022.
 */
export function cascadeDr(rounds: SlateRounds, model: CascadeModel): Terms {
  const { slots, rewards, conditional } = rounds;
  return perSlate(rewards.length, slots, (from) => {
    let value = 0;
    let above = 1;
    for (let k = from; k < from + slots; k++) {
      const weight = above * conditional[k]!;
      value += weight * (rewards[k]! - model.predicted[k]!) + above * model.expected[k]!;
      above = weight;
    }
    return value;
  });
}
