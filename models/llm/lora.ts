// A low-rank update of a language model's output matrix (Hu et al. 2021, "LoRA", equation 3), and the
// exact gradient of what it makes of a text.
//
//   z = (W h + s B u) / T,  u = A h,  s = alpha / rank,  p = softmax(z)
//   ∂ log p_y / ∂z = e_y − p,  ∂/∂B = s/T (e_y − p) uᵀ,  ∂/∂A = s/T Bᵀ(e_y − p) hᵀ
//
// T is the temperature that the text was drawn at.
//
// The hidden states h do not depend on the update, since it comes after the last of them; so the engine
// gives them once, and no gradient goes through it. The softmax is over the whole vocabulary: W is read
// a block of rows at a time, and W h, which no update changes, is kept for as many tokens as it may be.

import { normal } from '../normal.ts';
import { square } from '../power.ts';
import type { Random } from '../random.ts';
import { products, type Rows } from './products.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, log, sqrt } = Math;

/** A token and the hidden state that it was drawn after. */
export interface Step {
  /** The hidden state, `width` long. */
  readonly state: ArrayLike<number>;
  readonly token: number;
}

export class Lora {
  readonly rank: number;
  readonly width: number;
  readonly vocabulary: number;
  readonly alpha: number;
  /** Parameters: A [rank × width], then B [vocabulary × rank], row by row. */
  readonly theta: Float64Array;

  constructor(
    shape: { rank: number; width: number; vocabulary: number; alpha: number },
    theta?: Float64Array,
  ) {
    this.rank = shape.rank;
    this.width = shape.width;
    this.vocabulary = shape.vocabulary;
    this.alpha = shape.alpha;
    const size = shape.rank * (shape.width + shape.vocabulary);
    this.theta = theta ?? new Float64Array(size);
  }

  get a(): Float64Array {
    return this.theta.subarray(0, this.rank * this.width);
  }

  get b(): Float64Array {
    return this.theta.subarray(this.rank * this.width);
  }

  get scale(): number {
    return this.alpha / this.rank;
  }

  /**
   * A new update, which changes nothing yet: B is zero, and A is drawn so that u has about unit
   * entries for a state of norm `norm`.
   */
  static fresh(
    shape: { rank: number; width: number; vocabulary: number; alpha: number },
    norm: number,
    random: Random,
  ): Lora {
    const lora = new Lora(shape);
    const { a } = lora;
    for (let i = 0; i < a.length; i++) a[i] = normal(random) / norm;
    return lora;
  }

  /**
   * A new update that is blind to what all states have in common, and changes nothing yet. A looks
   * at standardised dimensions, across the mean state, and u has unit entries (root mean square
   * over the states). Hidden states of a language model share a few huge dimensions; an A that sees
   * them makes each step a change of all states alike, and what is learned first is to say the same
   * word everywhere.
   * @param states two or more states that the model has come to
   */
  static across(
    shape: { rank: number; width: number; vocabulary: number; alpha: number },
    states: readonly ArrayLike<number>[],
    random: Random,
  ): Lora {
    const lora = Lora.fresh(shape, 1, random);
    const { a, rank, width } = lora;
    const { mean, std } = momentsOf(states, width);
    const length = dot(mean, mean) || 1;
    for (let k = 0; k < rank; k++) {
      const row = a.subarray(k * width, (k + 1) * width);
      for (let i = 0; i < width; i++) row[i]! /= std[i]!;
      const along = dot(row, mean) / length;
      for (let i = 0; i < width; i++) row[i]! -= along * mean[i]!;
      const squares = states.reduce((sum, state) => sum + square(dot(row, state)), 0);
      const size = sqrt(squares / states.length) || 1;
      for (let i = 0; i < width; i++) row[i]! /= size;
    }
    return lora;
  }
}

/** Natural log-probabilities of steps, with what their gradient needs. */
export interface Evaluated {
  /** log p(token) of each step. */
  readonly logs: Float64Array;
  /** log p(token) of each step without the update. */
  readonly base: Float64Array;
  /** Mean over the steps of KL(p ‖ p without the update), nats. */
  readonly divergence: number;
}

export interface SoftmaxOptions {
  /** Temperature T. @default 1 */
  temperature?: number;
  /**
   * Largest number of steps whose W h is kept, 4 bytes for each token of the vocabulary. With more
   * steps none is kept, and each evaluation reads W anew, for as many steps at a time.
   * @default 2048, 400 MB for 49,152 tokens
   */
  most?: number;
}

/** The softmax over the output of some steps, with W h kept. */
export class OutputSoftmax {
  readonly #rows: Rows;
  readonly #steps: readonly Step[];
  readonly #states: Float64Array[];
  /** W h of each step; empty if it is computed anew each time. */
  readonly #kept: Float32Array[] = [];
  readonly #keeps: boolean;
  readonly #most: number;
  readonly #temperature: number;

  constructor(rows: Rows, steps: readonly Step[], options: SoftmaxOptions = {}) {
    const { temperature = 1, most = 2048 } = options;
    this.#rows = rows;
    this.#steps = steps;
    this.#temperature = temperature;
    this.#most = most;
    this.#states = steps.map(({ state }) => Float64Array.from(state));
    this.#keeps = steps.length <= most;
    if (this.#keeps) this.#kept = products(rows, this.#states);
  }

  evaluate(lora: Lora): Evaluated {
    return this.#run(lora, undefined, undefined);
  }

  /**
   * Adds Σ slopes_t ∂ log p(token_t) to `gradient`, laid out as `lora.theta`.
   */
  addGradient(lora: Lora, slopes: ArrayLike<number>, gradient: Float64Array): Evaluated {
    return this.#run(lora, slopes, gradient);
  }

  #run(lora: Lora, slopes?: ArrayLike<number>, gradient?: Float64Array): Evaluated {
    const count = this.#steps.length;
    const [logs, base] = [new Float64Array(count), new Float64Array(count)];
    let divergence = 0;
    for (let from = 0; from < count; from += this.#most) {
      const to = Math.min(count, from + this.#most);
      const kept = this.#keeps ? this.#kept : products(this.#rows, this.#states.slice(from, to));
      for (let t = from; t < to; t++) {
        const one = this.#step(lora, t, kept[t - from]!, slopes?.[t] ?? 0, gradient);
        logs[t] = one.log;
        base[t] = one.base;
        divergence += one.divergence / count;
      }
    }
    return { logs, base, divergence };
  }

  #step(
    lora: Lora,
    t: number,
    product: Float32Array,
    slope: number,
    gradient: Float64Array | undefined,
  ): { log: number; base: number; divergence: number } {
    const { rank, width, vocabulary, scale, a, b } = lora;
    const state = this.#states[t]!;
    const T = this.#temperature;
    const { token } = this.#steps[t]!;
    const u = new Float64Array(rank);
    for (let k = 0; k < rank; k++) {
      for (let i = 0; i < width; i++) u[k]! += a[k * width + i]! * state[i]!;
    }
    const moved = new Float64Array(vocabulary);
    let [top, baseTop] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let v = 0; v < vocabulary; v++) {
      let shift = 0;
      for (let k = 0; k < rank; k++) shift += b[v * rank + k]! * u[k]!;
      const z = (product[v]! + scale * shift) / T;
      moved[v] = z;
      if (z > top) top = z;
      if (product[v]! / T > baseTop) baseTop = product[v]! / T;
    }
    let [sum, baseSum, gap] = [0, 0, 0];
    const logit = moved[token]!;
    for (let v = 0; v < vocabulary; v++) {
      const weight = exp(moved[v]! - top);
      sum += weight;
      gap += weight * (moved[v]! - product[v]! / T);
      baseSum += exp(product[v]! / T - baseTop);
      moved[v] = weight;
    }
    const [total, baseTotal] = [top + log(sum), baseTop + log(baseSum)];
    if (gradient && slope !== 0) {
      const c = new Float64Array(rank);
      const atB = rank * width;
      for (let v = 0; v < vocabulary; v++) {
        const d = (scale / T) * slope * ((v === token ? 1 : 0) - moved[v]! / sum);
        for (let k = 0; k < rank; k++) {
          gradient[atB + v * rank + k]! += d * u[k]!;
          c[k]! += d * b[v * rank + k]!;
        }
      }
      for (let k = 0; k < rank; k++) {
        for (let i = 0; i < width; i++) gradient[k * width + i]! += c[k]! * state[i]!;
      }
    }
    return {
      log: logit - total,
      base: product[token]! / T - baseTotal,
      divergence: gap / sum - total + baseTotal,
    };
  }
}

/**
 * Mean and standard deviation of each dimension; no deviation is less than a thousandth of the
 * largest.
 */
function momentsOf(states: readonly ArrayLike<number>[], width: number) {
  const [mean, std] = [new Float64Array(width), new Float64Array(width)];
  for (const state of states) {
    for (let i = 0; i < width; i++) mean[i]! += state[i]! / states.length;
  }
  for (const state of states) {
    for (let i = 0; i < width; i++) std[i]! += square(state[i]! - mean[i]!) / states.length;
  }
  const largest = sqrt(Math.max(...std)) || 1;
  return { mean, std: std.map((one) => Math.max(sqrt(one), largest / 1000)) };
}

function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

/** The length ‖x‖. */
export function norm(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sqrt(sum);
}
