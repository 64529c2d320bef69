// Logged slates, as the slate estimators want them.
import { type Terms, terms } from '../rounds.ts';

/** Every array is row-major: value of slot k of round i at `i · slots + k`, top slot first. */
export interface SlateRounds {
  readonly slots: number;
  /** Reward of each slot. */
  readonly rewards: Float64Array;
  /** π(aₖ|x, a₁…aₖ₋₁) / π₀(aₖ|x, a₁…aₖ₋₁): what impressions log, one above the other. */
  readonly conditional: Float64Array;
}

/** One value for each slate, computed from the index of its top slot. */
export function perSlate(length: number, slots: number, value: (from: number) => number): Terms {
  const made = terms(length / slots);
  for (let i = 0; i * slots < length; i++) made.correction[i] = value(i * slots);
  return made;
}
