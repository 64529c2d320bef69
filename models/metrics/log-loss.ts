// Logarithmic loss of probabilities against what happened.

/**
 * −mean(y ln p + (1 − y) ln(1 − p)), natural log, p clipped to [1e-6, 1 − 1e-6]. NaN if a p is NaN, and of
 * nothing. @param labels y: 0 and 1, false and true, or a share between
 */
export function logLoss(p: ArrayLike<number>, labels: ArrayLike<boolean | number>): number {
  let total = 0;
  for (let i = 0; i < p.length; i++) {
    const clipped = Math.min(1 - 1e-6, Math.max(1e-6, p[i]!));
    const y = Number(labels[i]!);
    if (y !== 0) total -= y * Math.log(clipped);
    if (y !== 1) total -= (1 - y) * Math.log(1 - clipped);
  }
  return total / p.length;
}
