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

const WIDTH = 10;
/** The terms of the sums: y, n and x of a user, and their products. */
const terms = ({ reward: y, slates: n, covariate: x }: UserTotals) => [
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

  /** @param sums the `sums` of another instance. @default zeros */
  constructor(sums: ArrayLike<number> = new Float64Array(WIDTH)) {
    this.sums = Float64Array.from(sums);
  }

  /** Replaces a user's totals by `after`. */
  replace(before: UserTotals | undefined, after: UserTotals): void {
    const old = before ? terms(before) : [];
    for (const [i, term] of terms(after).entries()) this.sums[i]! += term - (old[i] ?? 0);
  }

  get users(): number {
    return this.sums[0]!;
  }

  get slates(): number {
    return this.sums[2]!;
  }

  /** Reward per slate: Σ y / Σ n; NaN without a slate. */
  get mean(): number {
    return this.sums[1]! / this.sums[2]!;
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
