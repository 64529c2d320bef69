// Logarithmic loss of probabilities against what happened.

/** −mean(y ln p + (1 − y) ln(1 − p)), natural log, p clipped to [1e-6, 1 − 1e-6]. */
export function logLoss(p: ArrayLike<number>, labels: ArrayLike<boolean | number>): number {
  let total = 0;
  for (let i = 0; i < p.length; i++) {
    const clipped = Math.min(1 - 1e-6, Math.max(1e-6, p[i]!));
    total -= Math.log(labels[i] ? clipped : 1 - clipped);
  }
  return total / p.length;
}
