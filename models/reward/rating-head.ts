// The reward a user would give an item never shown to them: a line over means and the odds of a like.
import { GrowingReach, sumWithin } from '../reach.ts';

/** What is known before the answer; sums are of logged feedback, in the log's unit. */
export interface RatingInput {
  readonly userFeedbacks: number;
  readonly userSum: number;
  readonly itemImpressions: number;
  readonly itemSum: number;
  /** P(like), inside (0, 1). */
  readonly p: number;
}

/** Number of pseudo-observations of the overall mean. */
const PRIOR = 5;
const RATE = 0.2;
/** Number of weights: intercept, user's deviation, item's deviation, log-odds of a like. */
const RATING_WIDTH = 4;

/**
 * ŷ = mean + w · (1, user − mean, item − mean, log p/(1 − p)), the means shrunk to that of all; squared
 * error by AdaGrad (Duchi et al. 2011). Where nothing was learned, user mean + item mean − mean of all.
 */
export class RatingHead {
  /**
   * Weights, sums of squared gradients, then count and sum of the rewards, and the least and the
   * greatest.
   */
  readonly values: Float64Array;
  readonly #x = new Float64Array(RATING_WIDTH);
  readonly #reach: GrowingReach;

  constructor(values?: Float64Array) {
    this.values = new Float64Array(2 * RATING_WIDTH + 4);
    this.#reach = new GrowingReach(this.values.subarray(2 * RATING_WIDTH + 2));
    if (values) {
      this.values.set(values);
      // Bytes of before the reach was kept: it begins at the mean.
      if (values.length < this.values.length) this.#reach.take(this.#mean);
      return;
    }
    this.values.set([0, 1, 1, 0]);
    this.values.fill(1, RATING_WIDTH, 2 * RATING_WIDTH);
  }

  /** The expected reward, in the log's unit; it is not clipped. */
  predict(input: RatingInput): number {
    const mean = this.#features(input);
    let value = mean;
    for (let i = 0; i < RATING_WIDTH; i++) value += this.values[i]! * this.#x[i]!;
    return value;
  }

  /** @returns the reward as it counts */
  learn(input: RatingInput, given: number): number {
    const reward = this.#reach.take(given);
    const error = this.predict(input) - reward;
    for (let i = 0; i < RATING_WIDTH; i++) {
      const gradient = error * this.#x[i]!;
      this.values[RATING_WIDTH + i]! += gradient * gradient;
      this.values[i]! -= (RATE * gradient) / Math.sqrt(this.values[RATING_WIDTH + i]!);
    }
    this.values[2 * RATING_WIDTH]! += 1;
    this.values[2 * RATING_WIDTH + 1]! += reward;
    return reward;
  }

  /** Mean of all rewards. */
  get #mean(): number {
    const count = this.values[2 * RATING_WIDTH]!;
    return count > 0 ? this.values[2 * RATING_WIDTH + 1]! / count : 0;
  }

  /** Fills the features. @returns the mean of all rewards */
  #features({ userFeedbacks, userSum, itemImpressions, itemSum, p }: RatingInput): number {
    const mean = this.#mean;
    this.#x[0] = 1;
    const sum = sumWithin(this.#reach, userSum, userFeedbacks);
    this.#x[1] = (sum - userFeedbacks * mean) / (userFeedbacks + PRIOR);
    this.#x[2] = (itemSum - itemImpressions * mean) / (itemImpressions + PRIOR);
    this.#x[3] = Math.log(p / (1 - p));
    return mean;
  }
}
