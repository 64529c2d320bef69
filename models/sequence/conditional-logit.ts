// Which of many was chosen: a conditional logit (McFadden 1974) over a few scores of every candidate, each
// standardised over the candidates of the moment; its weights are learned online.
//
// P(i) = exp(Σ_f w_f x_if / σ_f) / Σ_j exp(Σ_f w_f x_jf / σ_f): the means are the same for every
// candidate and drop out. The gradient of −ln P(target) by w_f is (E_P[x_f] − x_target,f) / σ_f.
import { square } from '../power.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, log, sqrt } = Math;

/** Score of an item that is not to be ranked. */
export const NO_CANDIDATE = Number.NEGATIVE_INFINITY;

/** Scored candidates; they are valid until the columns change. */
export interface Scored {
  readonly size: number;
  /** Scores; −Infinity for an item that is no candidate. */
  readonly scores: Float64Array;
  readonly candidates: number;
  /**
   * 1 / standard deviation of each column over the candidates; 0 for a column that is the same
   * everywhere.
   */
  readonly inverse: Float64Array;
}

export class ConditionalLogit {
  readonly weights: Float64Array;
  /** Sums of squared gradients (AdaGrad, Duchi et al. 2011). */
  readonly squares: Float64Array;
  readonly #step: number;

  constructor(start: readonly number[], step: number) {
    this.weights = Float64Array.from(start);
    this.squares = new Float64Array(start.length).fill(1);
    this.#step = step;
  }

  /**
   * @param columns a score of each item in each, in the order of the weights
   * @param scores 0 for a candidate, −Infinity for what is none; the scores are added to it
   * @param standFor in a sample, how many candidates each one stands for; its score gains the logarithm
   *   (sampled softmax, Bengio & Senécal 2008)
   */
  score(
    columns: readonly Float64Array[],
    scores: Float64Array,
    size: number,
    standFor?: Float64Array,
  ): Scored {
    let candidates = 0;
    for (let item = 0; item < size; item++) {
      if (scores[item] === 0) candidates += standFor?.[item] ?? 1;
    }
    const inverse = new Float64Array(columns.length);
    for (let f = 0; f < columns.length; f++) {
      const column = columns[f]!;
      let [sum, squares] = [0, 0];
      for (let item = 0; item < size; item++) {
        const value = column[item]!;
        if (value === 0 || scores[item] === NO_CANDIDATE) continue;
        const many = standFor === undefined ? 1 : standFor[item]!;
        sum += many * value;
        squares += many * value * value;
      }
      const variance = squares / candidates - square(sum / candidates);
      inverse[f] = variance > 1e-12 ? 1 / sqrt(variance) : 0;
    }
    for (let f = 0; f < columns.length; f++) {
      const column = columns[f]!;
      const weight = this.weights[f]! * inverse[f]!;
      if (weight === 0) continue;
      for (let item = 0; item < size; item++) {
        if (column[item] !== 0) scores[item]! += weight * column[item]!;
      }
    }
    if (standFor !== undefined) {
      for (let item = 0; item < size; item++) scores[item]! += log(standFor[item]!);
    }
    return { size, scores, candidates, inverse };
  }

  /** Gradient of −Σ ln P(target) by each weight. */
  gradient(
    columns: readonly Float64Array[],
    { size, scores, inverse }: Scored,
    targets: readonly number[],
  ): Float64Array {
    let most = NO_CANDIDATE;
    for (let item = 0; item < size; item++) if (scores[item]! > most) most = scores[item]!;
    const items: number[] = [];
    const shares: number[] = [];
    let total = 0;
    for (let item = 0; item < size; item++) {
      const below = scores[item]! - most;
      if (below < -20) continue; // 2e-9 of the best: nothing to add
      const share = exp(below);
      total += share;
      items.push(item);
      shares.push(share);
    }
    return Float64Array.from(columns, (column, f) => {
      let sum = 0;
      for (let i = 0; i < items.length; i++) sum += shares[i]! * column[items[i]!]!;
      let gradient = 0;
      for (const target of targets) gradient += (sum / total - column[target]!) * inverse[f]!;
      return gradient;
    });
  }

  /** Learns the targets, in one step up their log-likelihood. */
  learn(columns: readonly Float64Array[], scored: Scored, targets: readonly number[]): void {
    const gradients = this.gradient(columns, scored, targets);
    for (const [f, gradient] of gradients.entries()) {
      this.squares[f]! += gradient * gradient;
      this.weights[f]! -= (this.#step * gradient) / sqrt(this.squares[f]!);
    }
  }
}
