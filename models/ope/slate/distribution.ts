// Distributions over whole slates, small enough to list: what exact slate estimators are made of.
import { slateProbabilities } from '../../exploration.ts';

export interface SlateDistribution {
  readonly slates: readonly (readonly number[])[];
  /** Probability of each slate; they sum to 1. */
  readonly probabilities: Float64Array;
  readonly slots: number;
  readonly items: number;
}

/** Every slate of `slots` items drawn without replacement from `probabilities` (Plackett–Luce). */
export function plackettLuceSlates(probabilities: Float64Array, slots: number): SlateDistribution {
  const items = probabilities.length;
  let slates: number[][] = [[]];
  for (let slot = 0; slot < slots; slot++) {
    slates = slates.flatMap((above) =>
      Array.from({ length: items }, (_, item) => item)
        .filter((item) => !above.includes(item))
        .map((item) => [...above, item]),
    );
  }
  const of = (slate: number[]) =>
    slateProbabilities(probabilities, slate).reduce((product, p) => product * p, 1);
  return { slates, probabilities: Float64Array.from(slates, of), slots, items };
}

/** P(item at slot), at `slot · items + item`: the expectation of the slate's indicator vector. */
export function slotMarginals(distribution: SlateDistribution): Float64Array {
  const { slates, probabilities, slots, items } = distribution;
  const marginals = new Float64Array(slots * items);
  for (const [s, slate] of slates.entries()) {
    for (const [slot, item] of slate.entries())
      marginals[slot * items + item]! += probabilities[s]!;
  }
  return marginals;
}
