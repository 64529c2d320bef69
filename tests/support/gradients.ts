// Checks an analytic gradient against central finite differences.

/**
 * Relative error ‖g − ĝ‖ / ‖ĝ‖ with ĝ_i = (f(θ + h e_i) − f(θ − h e_i)) / 2h.
 * About h² + 1e-16 / h where f is smooth.
 */
export function gradientError(
  f: (theta: Float64Array) => number,
  theta: Float64Array,
  gradient: ArrayLike<number>,
  h = 1e-5,
): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < theta.length; i++) {
    const [up, down] = [Float64Array.from(theta), Float64Array.from(theta)];
    up[i]! += h;
    down[i]! -= h;
    const numeric = (f(up) - f(down)) / (2 * h);
    difference += (gradient[i]! - numeric) ** 2;
    norm += numeric ** 2;
  }
  return Math.sqrt(difference / norm);
}
