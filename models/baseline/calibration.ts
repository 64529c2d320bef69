// A score made a probability: σ(slope · score + intercept), both learned online by AdaGrad (Platt 1999).

const STEP = 0.1;

export class Calibration {
  /** Slope and intercept, then the sums of their squared gradients. */
  readonly values: Float64Array;

  constructor(values: Float64Array = Float64Array.of(1, 0, 0.01, 0.01)) {
    this.values = values;
  }

  /** The probability of a click at a score, kept off 0 and 1. */
  probability(score: number): number {
    const [slope, intercept] = this.values as unknown as [number, number];
    const p = 1 / (1 + Math.exp(-(slope * score + intercept)));
    return Math.min(1 - 1e-7, Math.max(1e-7, p));
  }

  /** Learns the outcome of a score, in one step down its log loss. */
  learn(score: number, positive: boolean): void {
    const error = this.probability(score) - (positive ? 1 : 0);
    this.#step(0, error * score);
    this.#step(1, error);
  }

  #step(which: 0 | 1, gradient: number): void {
    this.values[which + 2]! += gradient * gradient;
    this.values[which]! -= (STEP * gradient) / Math.sqrt(this.values[which + 2]!);
  }
}
