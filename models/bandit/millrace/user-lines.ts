// A line for each user: how their values depend on how good, how well known and how much in favour
// the item is, beside what the item explains itself.
//
// value − item residual = wᵀx + noise, w ~ N(0, prior), by recursive least squares with the whole
// covariance (Bayesian linear regression; Bishop 2006, equations 3.50 and 3.51, one row at a time).
import { mix32 } from '../../random.ts';

/** Number of inputs: bias, the item's residual, its count, its fading residual. */
const INPUTS = 4;
/**
 * Number of columns of a hashed user: w, then the upper triangle of the covariance; all are 0 for
 * an unknown user.
 */
export const LINE_WIDTH = INPUTS + (INPUTS * (INPUTS + 1)) / 2;
const ROWS = 1 << 15;
const PRIOR = [0.3, 0.15, 0.15, 0.15];
/** Variance of a value around the line, in standard deviations of the log's values. */
const NOISE = 1;

export class UserLines {
  readonly rows = new Float32Array(ROWS * LINE_WIDTH);
  readonly #x = new Float64Array(INPUTS);
  readonly #gain = new Float64Array(INPUTS);

  /** What the user adds to the item's residual. @param count ln(1 + times shown) / 5 */
  predict(user: number, residual: number, count: number, fading: number): number {
    return this.#dot(baseOf(user), this.#inputs(residual, count, fading));
  }

  /**
   * Learns a value.
   * @param value value in standard deviations, as the residuals are; `residual`, `count` and
   * `fading` must be those before it
   */
  learn(user: number, residual: number, count: number, fading: number, value: number): void {
    const { rows } = this;
    const base = baseOf(user);
    const x = this.#inputs(residual, count, fading);
    const gain = this.#gain;
    if (rows[base + INPUTS] === 0) {
      for (let i = 0; i < INPUTS; i++) rows[base + placeOf(i, i)] = PRIOR[i]!;
    }
    const error = value - residual - this.#dot(base, x);
    let spread = NOISE;
    for (let i = 0; i < INPUTS; i++) {
      let sum = 0;
      for (let j = 0; j < INPUTS; j++) sum += rows[base + placeOf(i, j)]! * x[j]!;
      gain[i] = sum;
      spread += sum * x[i]!;
    }
    for (let i = 0; i < INPUTS; i++) {
      rows[base + i]! += (gain[i]! * error) / spread;
      for (let j = i; j < INPUTS; j++)
        rows[base + placeOf(i, j)]! -= (gain[i]! * gain[j]!) / spread;
    }
  }

  #inputs(residual: number, count: number, fading: number): Float64Array {
    this.#x[0] = 1;
    this.#x[1] = 2 * residual;
    this.#x[2] = 2 * count - 0.7;
    this.#x[3] = fading;
    return this.#x;
  }

  #dot(base: number, x: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < INPUTS; i++) sum += this.rows[base + i]! * x[i]!;
    return sum;
  }
}

const baseOf = (user: number) => (mix32(user) & (ROWS - 1)) * LINE_WIDTH;

/** Place of the covariance of inputs i and j in a row. */
const PLACES = Int32Array.from({ length: INPUTS * INPUTS }, (_, at) => {
  const [i, j] = [Math.floor(at / INPUTS), at % INPUTS].sort((a, b) => a - b) as [number, number];
  return INPUTS + i * INPUTS - (i * (i - 1)) / 2 + (j - i);
});
const placeOf = (i: number, j: number) => PLACES[i * INPUTS + j]!;
