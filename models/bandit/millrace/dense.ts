// Logistic regression on a few dense features with the whole covariance: an extended Kalman filter.
//
// w ~ N(w, C); each outcome is a Gaussian observation of information p(1 − p) (Laplace), and C
// grows a little each time, for tastes drift (Spiegelhalter & Lauritzen 1990; West & Harrison 1997).
// O(d²) a step, and no step size to tune.

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { max } = Math;

export interface DenseOptions {
  /** Prior variance of each weight. @default 0.3 */
  readonly prior?: number;
  /** Variance added to each weight per unit of information, p(1 − p) an observation. @default 3e-6 */
  readonly drift?: number;
}

export class DenseLogit {
  readonly width: number;
  readonly weights: Float64Array;
  readonly covariance: Float64Array;
  readonly #drift: number;
  readonly #gain: Float64Array;

  constructor(width: number, options: DenseOptions = {}) {
    this.width = width;
    this.weights = new Float64Array(width);
    this.covariance = new Float64Array(width * width);
    for (let i = 0; i < width; i++) this.covariance[i * width + i] = options.prior ?? 0.3;
    this.#drift = options.drift ?? 3e-6;
    this.#gain = new Float64Array(width);
  }

  /** The logit for the features in `x` from `from` on. */
  logit(x: Float64Array, from = 0): number {
    const { width, weights } = this;
    let z = 0;
    for (let i = 0; i < width; i++) z += weights[i]! * x[from + i]!;
    return z;
  }

  /**
   * Learns an outcome.
   * @param p probability that the whole model predicted
   * @param weight weight of the observation, 0 to 1
   */
  learn(x: Float64Array, p: number, label: 0 | 1, weight: number, from = 0): void {
    this.step(x, weight * (label - p), weight * max(1e-4, p * (1 - p)), from);
  }

  /**
   * Takes in an observation, given the slope of its log-likelihood in the logit, and its
   * information.
   */
  step(x: Float64Array, slope: number, information: number, from = 0): void {
    const { width, covariance: C, weights } = this;
    const gain = this.#gain;
    this.#multiply(x, from);
    let spread = 0; // xᵀ C x
    for (let i = 0; i < width; i++) spread += gain[i]! * x[from + i]!;
    const scale = information / (1 + information * spread);
    const step = slope / (1 + information * spread);
    const drift = this.#drift * information;
    for (let i = 0; i < width; i++) {
      const own = gain[i]!;
      weights[i]! += step * own;
      const scaled = scale * own;
      const row = i * width;
      for (let j = i, across = row + i; j < width; j++, across += width) {
        const value = C[row + j]! - scaled * gain[j]!;
        C[row + j] = value;
        C[across] = value;
      }
      C[row + i]! += drift;
    }
  }

  /** Computes gain = C x, four rows at a time, whose sums the processor can overlap. */
  #multiply(x: Float64Array, from: number): void {
    const { width, covariance: C } = this;
    const gain = this.#gain;
    let i = 0;
    for (; i + 4 <= width; i += 4) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let j = 0, at = i * width; j < width; j++, at++) {
        const value = x[from + j]!;
        s0 += C[at]! * value;
        s1 += C[at + width]! * value;
        s2 += C[at + 2 * width]! * value;
        s3 += C[at + 3 * width]! * value;
      }
      gain[i] = s0;
      gain[i + 1] = s1;
      gain[i + 2] = s2;
      gain[i + 3] = s3;
    }
    for (; i < width; i++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += C[i * width + j]! * x[from + j]!;
      gain[i] = sum;
    }
  }
}
