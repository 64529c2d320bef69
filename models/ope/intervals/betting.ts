// Intervals that hold at all times at once: look after every round, stop when you like.
// Waudby-Smith & Ramdas 2024 (betting); Waudby-Smith, Wu, Ramdas, Karampatziakis & Mineiro 2024 (off-policy).
import type { Interval, Range } from './interval.ts';

/** Candidate values are this ratio apart, from 0 up to ½ and likewise from 1 down. */
const STEP = 1.02;
const SMALLEST = 1e-5;
/** Shares of the wealth that the gamblers stake in each round. */
const STAKES = Array.from({ length: 9 }, (_, d) => 0.75 * 3 ** -d);

const tails = Array.from(
  { length: Math.floor(Math.log(0.5 / SMALLEST) / Math.log(STEP)) + 1 },
  (_, i) => SMALLEST * STEP ** i,
);
/** In ascending order, between 0 and 1. */
const CANDIDATES = Float64Array.from([...tails, ...tails.map((m) => 1 - m).reverse()]);

/**
 * A lower confidence bound on the mean of values ≥ 0, of any size, that are independent or have that
 * mean whatever came before. For each candidate m nine gamblers bet that the mean is larger, with
 * wealth Πᵢ (1 + λ (xᵢ − m)), λ = stake / m. Were the mean at most m, their average wealth would ever
 * reach 1/α with probability at most α (Ville 1939), so an m where it does is refused for good
 * (diversified Kelly betting). The wealth falls as m grows, so what is refused is all below a bound.
 */
export class LowerBound {
  readonly #enough: number;
  /** Of gambler d at candidate c: `d · candidates + c`. */
  readonly #wealth = new Float64Array(STAKES.length * CANDIDATES.length).fill(1);
  /** Candidates below this one are refused. */
  #next = 0;

  /** @param alpha chance of ever being above the mean, for a mean of at most 1 */
  constructor(alpha: number) {
    this.#enough = STAKES.length / alpha;
  }

  /** The largest value refused so far: 0 until there is one. */
  get value(): number {
    return this.#next === 0 ? 0 : CANDIDATES[this.#next - 1]!;
  }

  /** @param x ≥ 0 */
  add(x: number): void {
    for (const [d, stake] of STAKES.entries()) {
      const from = d * CANDIDATES.length;
      for (let c = this.#next; c < CANDIDATES.length; c++) {
        const wealth = this.#wealth[from + c]! * (1 - stake + (stake * x) / CANDIDATES[c]!);
        // What is lost stays lost: smaller numbers are slow, and would never come back.
        this.#wealth[from + c] = wealth < 1e-290 ? 0 : wealth;
      }
    }
    while (this.#next < CANDIDATES.length && this.#total(this.#next) >= this.#enough) {
      this.#next += 1;
    }
  }

  #total(candidate: number): number {
    let total = 0;
    for (let at = candidate; at < this.#wealth.length; at += CANDIDATES.length) {
      total += this.#wealth[at]!;
    }
    return total;
  }
}

/** Both sides of a mean within [0, 1]: the upper one is a lower bound of one minus it. */
export class ConfidenceSequence {
  readonly #low: LowerBound;
  readonly #high: LowerBound;

  constructor(confidence: number) {
    this.#low = new LowerBound((1 - confidence) / 2);
    this.#high = new LowerBound((1 - confidence) / 2);
  }

  /**
   * @param value ≥ 0, with the mean asked for
   * @param complement ≥ 0, with one minus that mean: 1 − value where the value is at most 1
   */
  add(value: number, complement: number): void {
    this.#low.add(value);
    this.#high.add(complement);
  }

  get interval(): Interval {
    return { low: this.#low.value, high: 1 - this.#high.value };
  }
}

/**
 * The value of a policy by IPS for rewards in [0, 1] and weights of any size: w r bounds it from
 * below and w (1 − r), whose mean is one minus it, from above. Needs full support. With a known bound
 * on the weights and rare rewards, `anytimeMean` is narrower.
 */
export function anytimeIps(
  weights: Float64Array,
  rewards: Float64Array,
  confidence: number,
): Interval {
  const sequence = new ConfidenceSequence(confidence);
  for (let i = 0; i < weights.length; i++) {
    sequence.add(weights[i]! * rewards[i]!, weights[i]! * (1 - rewards[i]!));
  }
  return sequence.interval;
}

/** The mean of values that cannot leave a range, such as the terms of an unbiased estimator. */
export function anytimeMean(values: Float64Array, range: Range, confidence: number): Interval {
  const sequence = new ConfidenceSequence(confidence);
  const width = range.high - range.low;
  for (const value of values) {
    const scaled = (value - range.low) / width;
    sequence.add(scaled, 1 - scaled);
  }
  const { low, high } = sequence.interval;
  return { low: range.low + low * width, high: range.low + high * width };
}
