// Do the arms have the users their shares say? If not, something loses users, and nothing else that
// the experiment says can be believed.
import { square } from '../power.ts';
import { logGamma, upperGamma } from './gamma.ts';

/** Strength of the prior on the intended shares: the larger, the sooner small shifts are seen. */
const STRENGTH = 100;

export interface Counted {
  readonly users: number;
  /** Share of the users that the arm should have, above 0; the shares may have any sum. */
  readonly share: number;
}

/** p value of Pearson's χ² test, for a single look at a time fixed beforehand. */
export function chiSquareP(arms: readonly Counted[]): number {
  const users = arms.reduce((sum, arm) => sum + arm.users, 0);
  const shares = arms.reduce((sum, arm) => sum + arm.share, 0);
  if (users === 0 || arms.length < 2) return 1;
  let statistic = 0;
  for (const arm of arms) {
    const expected = (users * arm.share) / shares;
    statistic += square(arm.users - expected) / expected;
  }
  return upperGamma((arms.length - 1) / 2, statistic / 2);
}

/**
 * 1 / E for the multinomial e-process with prior Dir(κ θ₀) around the intended shares θ₀:
 * E = Γ(κ)/Γ(κ + n) · Π Γ(κθⱼ + nⱼ)/Γ(κθⱼ) / Π θⱼ^nⱼ. Valid at every look.
 * Lindon & Malek 2022, "Anytime-valid inference for multinomial count data".
 */
export function sampleRatioP(arms: readonly Counted[]): number {
  const users = arms.reduce((sum, arm) => sum + arm.users, 0);
  const shares = arms.reduce((sum, arm) => sum + arm.share, 0);
  let log = logGamma(STRENGTH) - logGamma(STRENGTH + users);
  for (const arm of arms) {
    const theta = arm.share / shares;
    log += logGamma(STRENGTH * theta + arm.users) - logGamma(STRENGTH * theta);
    log -= arm.users * Math.log(theta);
  }
  return Math.min(1, Math.exp(-log));
}
