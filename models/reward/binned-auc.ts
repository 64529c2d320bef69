// AUC of a stream in constant memory: scores fall into bins, old ones fade.

const BINS = 200;

export class BinnedAuc {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  /** What is left of the old counts after one observation. */
  readonly #keep: number;

  /** `window`: observations after which an old one counts 1/e. @default 5000 */
  constructor(window = 5000, positives?: Float64Array, negatives?: Float64Array) {
    this.#keep = Math.exp(-1 / window);
    this.positives = positives ?? new Float64Array(BINS);
    this.negatives = negatives ?? new Float64Array(BINS);
  }

  /** `p`: a probability, 0 to 1. */
  add(p: number, positive: boolean): void {
    for (let b = 0; b < BINS; b++) {
      this.positives[b]! *= this.#keep;
      this.negatives[b]! *= this.#keep;
    }
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(p * BINS)));
    (positive ? this.positives : this.negatives)[bin]! += 1;
  }

  /** Faded observations of the rarer outcome: what the estimate rests on. */
  get support(): number {
    return Math.min(total(this.positives), total(this.negatives));
  }

  /** P(score of a positive > score of a negative), a tie (one bin) counts half; 0.5 with one class only. */
  value(): number {
    let below = 0;
    let wins = 0;
    for (let b = 0; b < BINS; b++) {
      wins += this.positives[b]! * (below + this.negatives[b]! / 2);
      below += this.negatives[b]!;
    }
    const pairs = total(this.positives) * below;
    return pairs > 0 ? wins / pairs : 0.5;
  }
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
