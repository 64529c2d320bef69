// Online ridge regression: the inverse of the design matrix is kept, one rank-one update an example.
//
// A = λI + Σ w x xᵀ, b = Σ w r x, θ = A⁻¹ b, by Sherman & Morrison (1950): O(d²) a step.

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { max, sqrt } = Math;

export class Ridge {
  readonly width: number;
  /** A⁻¹, row by row. */
  readonly inverse: Float64Array;
  readonly weights: Float64Array;

  /** @param lambda precision of the prior. @default 1 */
  constructor(width: number, lambda = 1) {
    this.width = width;
    this.inverse = new Float64Array(width * width);
    for (let i = 0; i < width; i++) this.inverse[i * width + i] = 1 / lambda;
    this.weights = new Float64Array(width);
  }

  /** A ridge that goes on from here by itself. */
  copy(): Ridge {
    const copy = new Ridge(this.width);
    copy.inverse.set(this.inverse);
    copy.weights.set(this.weights);
    return copy;
  }

  predict(x: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < this.width; i++) sum += this.weights[i]! * x[i]!;
    return sum;
  }

  /** √(xᵀ A⁻¹ x): how little is known in the direction of x. */
  std(x: Float64Array): number {
    const gain = this.#gain(x);
    let sum = 0;
    for (let i = 0; i < this.width; i++) sum += gain[i]! * x[i]!;
    return sqrt(max(0, sum));
  }

  /** @param weight weight of the observation, 0 to 1 */
  learn(x: Float64Array, reward: number, weight: number): void {
    const { inverse, weights, width } = this;
    const gain = this.#gain(x);
    let spread = 0;
    for (let i = 0; i < width; i++) spread += gain[i]! * x[i]!;
    const scale = weight / (1 + weight * spread);
    const error = reward - this.predict(x);
    for (let i = 0; i < width; i++) {
      weights[i]! += scale * error * gain[i]!;
      // Both halves from one number, so that the matrix stays symmetric to the last bit.
      for (let j = i; j < width; j++) {
        const value = inverse[i * width + j]! - scale * gain[i]! * gain[j]!;
        inverse[i * width + j] = value;
        inverse[j * width + i] = value;
      }
    }
  }

  /** A⁻¹ x */
  #gain(x: Float64Array): Float64Array {
    const { inverse, width } = this;
    const gain = new Float64Array(width);
    for (let i = 0, at = 0; i < width; i++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += inverse[at++]! * x[j]!;
      gain[i] = sum;
    }
    return gain;
  }
}

/** L with L Lᵀ = the matrix (Cholesky); a pivot lost to rounding counts as 0. */
export function cholesky(matrix: Float64Array, width: number): Float64Array {
  const L = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * width + j]!;
      for (let f = 0; f < j; f++) sum -= L[i * width + f]! * L[j * width + f]!;
      if (i === j) L[i * width + i] = sqrt(max(0, sum));
      else L[i * width + j] = L[j * width + j]! > 0 ? sum / L[j * width + j]! : 0;
    }
  }
  return L;
}
