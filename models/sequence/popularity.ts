// Likes that fade: an item's count halves over a number of events, kept as a logarithm.
import { grown } from '../ids.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, log } = Math;

/** Number of likes that an item never liked stands for, as if it had had them when first seen. */
const NEVER = 0.1;

export class FadingPopularity {
  /**
   * ln(count) + rate · (time of the last like): ln of the faded count up to a constant that is the
   * same for every item, so it need not be touched as time goes by.
   */
  decayedCounts: Float64Array;
  /** Number of events so far, which is the clock. */
  events: number;

  readonly #rate: number;

  /** @param halfLife number of events after which a like counts half */
  constructor(halfLife: number, decayedCounts?: Float64Array, events = 0) {
    this.#rate = Math.LN2 / halfLife;
    this.decayedCounts = decayedCounts ?? new Float64Array(0);
    this.events = events;
  }

  /** Logarithm of an item's faded count of likes now. */
  log(item: number): number {
    return this.decayedCounts[item]! - this.#rate * this.events;
  }

  learn(item: number, isNew: boolean, liked: boolean): void {
    this.events += 1;
    this.decayedCounts = grown(this.decayedCounts, item + 1);
    const now = this.#rate * this.events;
    const before = isNew ? log(NEVER) + now : this.decayedCounts[item]!;
    this.decayedCounts[item] = liked ? now + log(1 + exp(before - now)) : before;
  }
}
