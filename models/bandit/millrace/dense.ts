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

  logit(x: Float64Array): number {
    let z = 0;
    for (let i = 0; i < this.width; i++) z += this.weights[i]! * x[i]!;
    return z;
  }

  /** `p`: the probability predicted by the whole model; `weight` of the observation, 0 to 1. */
  learn(x: Float64Array, p: number, label: 0 | 1, weight: number): void {
    const { width, covariance: C, weights } = this;
    const gain = this.#gain;
    let spread = 0; // xᵀ C x
    for (let i = 0, at = 0; i < width; i++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += C[at++]! * x[j]!;
      gain[i] = sum;
      spread += sum * x[i]!;
    }
    const information = weight * max(1e-4, p * (1 - p));
    const scale = information / (1 + information * spread);
    const step = (weight * (label - p)) / (1 + information * spread);
    for (let i = 0; i < width; i++) {
      weights[i]! += step * gain[i]!;
      for (let j = i; j < width; j++) {
        const value = C[i * width + j]! - scale * gain[i]! * gain[j]!;
        C[i * width + j] = value;
        C[j * width + i] = value;
      }
      C[i * width + i]! += this.#drift * information;
    }
  }
}
