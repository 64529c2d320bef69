// The inner loop of every search among vectors.

/**
 * The sum Σ a[from + d] · b[at + d]; four sums run side by side, which the processor can overlap.
 */
export function dot(
  a: Float32Array,
  from: number,
  b: Float32Array,
  at: number,
  width: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = width - (width % 4);
  for (let d = 0; d < whole; d += 4) {
    s0 += a[from + d]! * b[at + d]!;
    s1 += a[from + d + 1]! * b[at + d + 1]!;
    s2 += a[from + d + 2]! * b[at + d + 2]!;
    s3 += a[from + d + 3]! * b[at + d + 3]!;
  }
  for (let d = whole; d < width; d++) s0 += a[from + d]! * b[at + d]!;
  return s0 + s1 + (s2 + s3);
}
