// Adam (Kingma & Ba 2015, algorithm 1), ascending the gradient.
import { power } from '../power.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { sqrt } = Math;

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export class Adam {
  readonly weights: Float64Array;
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  #steps: number;

  /** @param saved weights, means, squares and the count of steps, end to end */
  constructor(width: number, saved?: Float64Array) {
    this.weights = saved?.slice(0, width) ?? new Float64Array(width);
    this.#mean = saved?.slice(width, 2 * width) ?? new Float64Array(width);
    this.#square = saved?.slice(2 * width, 3 * width) ?? new Float64Array(width);
    this.#steps = saved?.[3 * width] ?? 0;
  }

  ascend(gradient: Float64Array, rate: number): void {
    this.#steps += 1;
    const first = 1 - power(BETA1, this.#steps);
    const second = 1 - power(BETA2, this.#steps);
    for (let i = 0; i < gradient.length; i++) {
      const g = gradient[i]!;
      this.#mean[i] = BETA1 * this.#mean[i]! + (1 - BETA1) * g;
      this.#square[i] = BETA2 * this.#square[i]! + (1 - BETA2) * g * g;
      const step = this.#mean[i]! / first / (sqrt(this.#square[i]! / second) + EPSILON);
      this.weights[i]! += rate * step;
    }
  }

  save(): Float64Array {
    const width = this.weights.length;
    const saved = new Float64Array(3 * width + 1);
    saved.set(this.weights);
    saved.set(this.#mean, width);
    saved.set(this.#square, 2 * width);
    saved[3 * width] = this.#steps;
    return saved;
  }
}
