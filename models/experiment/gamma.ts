// The gamma function as the counts of arms need it.

const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** The logarithm ln Γ(x), for x > 0, to about 14 digits (Lanczos 1964 with g = 7, n = 9). */
export function logGamma(x: number): number {
  const t = x + 6.5;
  const series = LANCZOS.slice(1).reduce((sum, c, i) => sum + c / (x + i), LANCZOS[0]!);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
}

/**
 * Q(a, x) = Γ(a, x) / Γ(a), a > 0, x ≥ 0: the power series below a + 1, from there the continued
 * fraction backwards. Abramowitz & Stegun 1964, 6.5.29 and 6.5.31.
 */
export function upperGamma(a: number, x: number): number {
  if (!(x > 0)) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - scale * sum);
  }
  let fraction = x;
  for (let n = 500; n > 0; n--) fraction = x + (n - a) / (1 + n / fraction);
  return scale / fraction;
}
