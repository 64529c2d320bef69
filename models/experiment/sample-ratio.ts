// Do the arms have the users their shares say? If not, something loses users, and nothing else that
// the experiment says can be believed.
import { square } from '../power.ts';
import { logGamma, upperGamma } from './gamma.ts';

/** Strength of the prior on the intended shares: the larger, the sooner small shifts are seen. */
const STRENGTH = 100;

export interface Counted {
  readonly users: number;
  /** Share of the users that the arm should have; the shares may have any sum. */
  readonly share: number;
}

/** Whether an arm has users though it should have none. */
function hasOutsiders(arms: readonly Counted[]): boolean {
  return arms.some(({ users, share }) => share === 0 && users > 0);
}

/** p value of Pearson's χ² test, for a single look at a time fixed beforehand. */
export function chiSquareP(all: readonly Counted[]): number {
  if (hasOutsiders(all)) return 0;
  const arms = all.filter(({ share }) => share !== 0);
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
 * p value that is valid at every look; not a number if a count or a share is none.
 * 1 / E for the multinomial e-process with prior Dir(κ θ₀) around the intended shares θ₀:
 * E = Γ(κ)/Γ(κ + n) · Π Γ(κθⱼ + nⱼ)/Γ(κθⱼ) / Π θⱼ^nⱼ. Valid at every look.
 * Lindon & Malek 2022, "Anytime-valid inference for multinomial count data".
 */
export function sampleRatioP(all: readonly Counted[]): number {
  if (hasOutsiders(all)) return 0;
  const arms = all.filter(({ share }) => share !== 0);
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
