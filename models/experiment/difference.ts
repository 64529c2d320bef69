// The difference of two arms in reward per slate, with users as the unit, adjusted by what was known
// of them before.
import type { Interval } from '../ope/intervals/interval.ts';
import { alwaysValidP, confidenceSequence, type SequenceOptions } from './confidence-sequence.ts';
import type { ArmMoments } from './moments.ts';

export interface Difference extends Interval {
  /** Candidate minus incumbent, in reward per slate. */
  readonly estimate: number;
  readonly standardError: number;
  /** Always valid p value of "there is no difference". */
  readonly p: number;
  /** Share of the variance that the covariate took away. */
  readonly explained: number;
}

export interface DifferenceOptions extends SequenceOptions {
  /** Fewest users of each arm at which a difference is given. @default 50 */
  readonly least?: number;
  /** Whether the covariate adjusts the difference. @default true */
  readonly adjust?: boolean;
}

/**
 * CUPED (Deng, Xu, Kohavi & Walker 2013): Δ = (r₁ − r₀) − θ (x̄₁ − x̄₀), with the θ that
 * makes its variance least. The assignment does not depend on x, so nothing is biased by it.
 * @returns null before both arms have enough users, while nothing varies, or if anything is not finite
 */
export function difference(
  candidate: ArmMoments,
  incumbent: ArmMoments,
  options: DifferenceOptions = {},
): Difference | null {
  const { least = 50, adjust = true } = options;
  if (Math.min(candidate.users, incumbent.users) < Math.max(2, least)) return null;
  const arms = [candidate, incumbent].map((arm) => ({ arm, spread: arm.spread() }));
  const over = (pick: (spread: ReturnType<ArmMoments['spread']>) => number) =>
    arms.reduce((sum, { arm, spread }) => sum + pick(spread) / arm.users, 0);
  const plain = over(({ ratio }) => ratio);
  const covariate = over((spread) => spread.covariate);
  const both = over((spread) => spread.both);
  const theta = adjust && covariate > 0 ? both / covariate : 0;
  const variance = Math.max(0, plain - theta * (2 * both - theta * covariate));
  if (!(variance > 0) || !Number.isFinite(variance)) return null;
  const shift = theta === 0 ? 0 : theta * (candidate.covariateMean - incumbent.covariateMean);
  const estimate = candidate.mean - incumbent.mean - shift;
  if (!Number.isFinite(estimate)) return null;
  const standardError = Math.sqrt(variance);
  const users = candidate.users + incumbent.users;
  return {
    estimate,
    standardError,
    ...confidenceSequence(estimate, standardError, users, options),
    p: alwaysValidP(estimate, standardError, users, options),
    explained: 1 - variance / plain,
  };
}
