// How far two orders agree.

/**
 * τ-a (Kendall 1938): (concordant − discordant pairs) / all pairs, a tie in either counts as neither.
 * NaN of fewer than two.
 */
export function kendall(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let balance = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) balance += Math.sign(a[i]! - a[j]!) * Math.sign(b[i]! - b[j]!);
  }
  return balance / ((a.length * (a.length - 1)) / 2);
}
