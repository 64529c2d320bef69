// The standard normal distribution.

/**
 * Φ(x), to about 15 decimal places (Hart 1968, as in West 2005); in the far lower tail the relative
 * error grows to about 1e-8.
 */
export function normalCdf(x: number): number {
  const z = Math.abs(x);
  const tail = z > 37 ? 0 : Math.exp((-z * z) / 2) * millsRatio(z);
  return x > 0 ? 1 - tail : tail;
}

/** The ratio (1 − Φ(z)) / exp(−z²/2), for z ≥ 0. */
function millsRatio(z: number): number {
  if (z >= 7.07106781186547) {
    return 1 / (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))) / 2.506628274631;
  }
  return horner(NUMERATOR, z) / horner(DENOMINATOR, z);
}

const NUMERATOR = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
];
const DENOMINATOR = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
  637.333633378831, 793.826512519948, 440.413735824752,
];

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((value, coefficient) => value * x + coefficient, 0);
}

/** Φ⁻¹(p) by bisection, to the last bits; ±Infinity at 0 and 1. */
export function normalQuantile(p: number): number {
  if (p <= 0 || p >= 1) return p <= 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  let low = -39;
  let high = 39;
  for (let step = 0; step < 64; step++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
