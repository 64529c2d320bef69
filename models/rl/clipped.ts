// The clipped surrogate (Schulman et al. 2017, equation 7), shared by PPO and GRPO.

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, max, min } = Math;

export interface Clipped {
  readonly value: number;
  /** d value / d log π. */
  readonly slope: number;
}

/**
 * min(ρ A, clip(ρ, 1 − ε, 1 + ε) A) with ρ = π / μ, μ the logged propensity: off-policy by what was
 * logged. The slope is ρ A where the first is the smaller, else 0.
 */
export function clipped(
  logPi: number,
  propensity: number,
  advantage: number,
  epsilon: number,
): Clipped {
  const ratio = exp(logPi) / propensity;
  const free = ratio * advantage;
  const bound = max(1 - epsilon, min(1 + epsilon, ratio)) * advantage;
  return free <= bound ? { value: free, slope: free } : { value: bound, slope: 0 };
}
