// The difference of two variants that are judged by the same slates of the same users, as off-policy: what
// one user says of both is not independent, so the variance is that of users' differences. A covariate would
// be the same on both sides, and takes nothing away.
import { alwaysValidP, confidenceSequence } from './confidence-sequence.ts';
import type { Difference, DifferenceOptions } from './difference.ts';
import { type ArmMoments, type UserTotals, winsorised } from './moments.ts';

/** Totals of one user under the candidate and under the incumbent. */
export type UserPair = readonly [candidate: UserTotals, incumbent: UserTotals];

const WIDTH = 4;

/** Sums over users of the products between the two arms. They change in O(1) with a user's totals. */
export class CrossMoments {
  /** Σ y₁ y₀, Σ y₁ n₀, Σ n₁ y₀, Σ n₁ n₀ of winsorised users. */
  readonly sums: Float64Array;

  /** @param sums the `sums` of another instance. @default zeros */
  constructor(sums: ArrayLike<number> = new Float64Array(WIDTH)) {
    this.sums = Float64Array.from(sums);
  }

  /** Replaces a user's totals by `after`. */
  replace(before: UserPair | undefined, after: UserPair): void {
    const old = before ? products(before) : [];
    for (const [i, product] of products(after).entries()) this.sums[i]! += product - (old[i] ?? 0);
  }
}

function products([candidate, incumbent]: UserPair): number[] {
  const [a, b] = [winsorised(candidate), winsorised(incumbent)];
  return [a.reward * b.reward, a.reward * b.slates, a.slates * b.reward, a.slates * b.slates];
}

/**
 * Δ = r₁ − r₀ with the variance of lᵤ₁ − lᵤ₀ over users, l as in `ArmMoments.spread`.
 * @returns null before there are enough users, while nothing varies, or if anything is not finite
 */
export function pairedDifference(
  candidate: ArmMoments,
  incumbent: ArmMoments,
  { sums }: CrossMoments,
  options: DifferenceOptions = {},
): Difference | null {
  const { least = 50 } = options;
  const { users } = candidate;
  if (users < Math.max(2, least)) return null;
  const [yy, yn, ny, nn] = sums as unknown as [number, number, number, number];
  const [r1, r0] = [candidate.mean, incumbent.mean];
  const perUser = (candidate.sums[2]! / users) * (incumbent.sums[2]! / users);
  const both = (yy - r0 * yn - r1 * ny + r1 * r0 * nn) / perUser / (users - 1);
  const plain = candidate.spread().ratio + incumbent.spread().ratio;
  const variance = (plain - 2 * both) / users;
  const estimate = r1 - r0;
  // What is left of two equal sums is rounding.
  if (!(variance * users > 1e-12 * plain) || !Number.isFinite(variance)) return null;
  if (!Number.isFinite(estimate)) return null;
  const standardError = Math.sqrt(variance);
  return {
    estimate,
    standardError,
    ...confidenceSequence(estimate, standardError, users, options),
    p: alwaysValidP(estimate, standardError, users, options),
    explained: 0,
  };
}
