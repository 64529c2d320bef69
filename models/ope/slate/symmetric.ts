// The minimum-norm solution of a symmetric system that may be singular, by Jacobi's rotations.
import { square } from '../../power.ts';

const SWEEPS = 60;
/** Share of the largest eigenvalue below which others count as 0. */
const RANK = 1e-10;

/** M⁺ v for a symmetric `matrix`, row-major. Golub & Van Loan 2013, §8.5 (cyclic Jacobi). */
export function pseudoSolve(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  const a = Float64Array.from(matrix);
  const basis = new Float64Array(n * n);
  for (let i = 0; i < n; i++) basis[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS && offDiagonal(a, n) > 0; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, basis, n, p, q);
  }
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(a[i * n + i]!));
  const solution = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const eigenvalue = a[j * n + j]!;
    if (Math.abs(eigenvalue) <= RANK * largest) continue;
    let along = 0;
    for (let i = 0; i < n; i++) along += basis[i * n + j]! * vector[i]!;
    for (let i = 0; i < n; i++) solution[i]! += (basis[i * n + j]! * along) / eigenvalue;
  }
  return solution;
}

/** Sum of squares off the diagonal; 0 if it is below what rounding leaves. */
function offDiagonal(a: Float64Array, n: number): number {
  let off = 0;
  let all = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const squared = square(a[i * n + j]!);
      all += squared;
      if (i !== j) off += squared;
    }
  }
  return off <= 1e-30 * all ? 0 : off;
}

/** One rotation that makes a[p, q] zero, applied to the columns of `basis` too. */
function rotate(a: Float64Array, basis: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  const mix = (values: Float64Array, left: number, right: number) => {
    const x = values[left]!;
    const y = values[right]!;
    values[left] = c * x - s * y;
    values[right] = s * x + c * y;
  };
  for (let k = 0; k < n; k++) mix(a, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) mix(a, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) mix(basis, k * n + p, k * n + q);
}
