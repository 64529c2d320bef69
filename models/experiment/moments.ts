// The sums over an arm's users by which arms are compared. They change in O(1) when a user's totals
// change.
import { square } from '../power.ts';

/** What one user brought so far. The user is the unit, since users are assigned. */
export interface UserTotals {
  /** Sum of the rewards of the user's slates. */
  readonly reward: number;
  readonly slates: number;
  /**
   * A number known before the user's first slate, such as the earlier rate of likes; 0 if there is
   * none.
   */
  readonly covariate: number;
}

/**
 * Number of slates that a user counts for at most. Who comes more often counts as if they had come so
 * often, at their own rate of reward: without a bound a few users decide, and no limit theorem holds
 * (winsorised weights; Kokic & Bell 1994 for the principle). Measured in docs/experiments.md.
 */
export const HEAVIEST = 10;

/** The totals with no more than `most` slates, at the same reward per slate. @param most default HEAVIEST */
export function winsorised(totals: UserTotals, most = HEAVIEST): UserTotals {
  const { reward, slates, covariate } = totals;
  if (!(slates > most)) return totals;
  return { reward: (reward * most) / slates, slates: most, covariate };
}

const WIDTH = 12;
/** The terms of the sums: y, n and x of a user as winsorised, their products, and y and n as they are. */
const terms = (totals: UserTotals, most: number) => {
  const { reward: y, slates: n, covariate: x } = winsorised(totals, most);
  return [...products(y, n, x), totals.reward, totals.slates];
};

const products = (y: number, n: number, x: number) => [
  1,
  y,
  n,
  x,
  y * y,
  n * n,
  x * x,
  y * n,
  y * x,
  n * x,
];

export class ArmMoments {
  readonly sums: Float64Array;

  readonly #most: number;

  /**
   * @param sums the `sums` of another instance, as many. @default zeros
   * @param most slates that a user counts for at most. @default HEAVIEST
   */
  constructor(sums: ArrayLike<number> = new Float64Array(WIDTH), most = HEAVIEST) {
    this.#most = most;
    this.sums = Float64Array.from(sums);
  }

  /** Replaces a user's totals by `after`. */
  replace(before: UserTotals | undefined, after: UserTotals): void {
    const old = before ? terms(before, this.#most) : [];
    for (const [i, term] of terms(after, this.#most).entries())
      this.sums[i]! += term - (old[i] ?? 0);
  }

  get users(): number {
    return this.sums[0]!;
  }

  /** Number of slates, all of them. */
  get slates(): number {
    return this.sums[11]!;
  }

  /** Reward of all slates. */
  get reward(): number {
    return this.sums[10]!;
  }

  /** Reward per slate of winsorised users: Σ y / Σ n; NaN without a slate. */
  get mean(): number {
    return this.sums[1]! / this.sums[2]!;
  }

  /** How many users of one weight would say as much: (Σ n)² / Σ n², winsorised; 0 without a slate. */
  get effectiveUsers(): number {
    const [, , n, , , nn] = this.sums as unknown as number[];
    return nn! > 0 ? (n! * n!) / nn! : 0;
  }

  /** Whether these are sums that `ArmMoments` can go on from; earlier versions had fewer. */
  static fits(sums: ArrayLike<number>): boolean {
    return sums.length === WIDTH;
  }

  get covariateMean(): number {
    return this.sums[3]! / this.users;
  }

  /**
   * Over users, the variance of lᵤ = (yᵤ − r nᵤ) / n̄ (delta method of the ratio r = Σy / Σn, mean 0),
   * of xᵤ, and their covariance. A user's slates may depend on each other as they like.
   * Deng, Knoblich & Lu 2018, "Applying the delta method in metric analytics".
   */
  spread(): { ratio: number; covariate: number; both: number } {
    const [users, , n, x, yy, nn, xx, yn, yx, nx] = this.sums as unknown as number[];
    const r = this.mean;
    const perUser = n! / users!;
    const degrees = users! - 1;
    return {
      ratio: Math.max(0, yy! - 2 * r * yn! + r * r * nn!) / square(perUser) / degrees,
      covariate: Math.max(0, xx! - (x! * x!) / users!) / degrees,
      both: (yx! - r * nx!) / perUser / degrees,
    };
  }
}
