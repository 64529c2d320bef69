// AUC and calibration of a stream in constant memory: probabilities fall into bins, old ones fade.
import { aucError } from '../metrics/auc.ts';

const BINS = 200;
/** Number of groups of equal mass in which the calibration is measured. */
const GROUPS = 10;

export class BinnedAuc {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  /** Share of the old counts that is left after one observation. */
  readonly #keep: number;

  /** @param window number of observations after which an old one counts 1/e. @default 5000 */
  constructor(window = 5000, positives?: Float64Array, negatives?: Float64Array) {
    this.#keep = Math.exp(-1 / window);
    this.positives = positives ?? new Float64Array(BINS);
    this.negatives = negatives ?? new Float64Array(BINS);
  }

  /** Adds an observation. @param p predicted probability, 0 to 1 */
  add(p: number, positive: boolean): void {
    for (let b = 0; b < BINS; b++) {
      this.positives[b]! *= this.#keep;
      this.negatives[b]! *= this.#keep;
    }
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(p * BINS)));
    (positive ? this.positives : this.negatives)[bin]! += 1;
  }

  /** Number of faded observations of the rarer outcome, on which the estimate rests. */
  get support(): number {
    return Math.min(total(this.positives), total(this.negatives));
  }

  /**
   * AUC: P(score of a positive > score of a negative), ties (one bin) counting half; 0.5 with one
   * class only.
   */
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

  /** Standard error of the AUC, by the faded counts; infinite with one class only. */
  error(): number {
    const [positives, negatives] = [total(this.positives), total(this.negatives)];
    if (!(positives > 0 && negatives > 0)) return Number.POSITIVE_INFINITY;
    return aucError(this.value(), Math.max(1, positives), Math.max(1, negatives));
  }

  /**
   * ECE over groups of equal mass, a probability taken as the middle of its bin; 0 of nothing. `noise`:
   * what a perfectly calibrated model would be expected to show of it by chance alone,
   * Σ_g n_g / n · √(2 p(1 − p) / π n_g), the mean distance of a normal deviate.
   */
  calibration(): { readonly error: number; readonly noise: number } {
    const n = total(this.positives) + total(this.negatives);
    let [seen, mass, predicted, happened, group] = [0, 0, 0, 0, 1];
    let [error, noise] = [0, 0];
    for (let b = 0; b < BINS; b++) {
      const own = this.positives[b]! + this.negatives[b]!;
      seen += own;
      mass += own;
      predicted += own * ((b + 0.5) / BINS);
      happened += this.positives[b]!;
      if (b + 1 < BINS && seen < (group * n) / GROUPS) continue;
      error += Math.abs(predicted - happened);
      if (mass > 0) noise += Math.sqrt((2 / Math.PI) * predicted * (1 - predicted / mass));
      [mass, predicted, happened] = [0, 0, 0];
      while ((group * n) / GROUPS <= seen && group < GROUPS) group++;
    }
    return n > 0 ? { error: error / n, noise: noise / n } : { error: 0, noise: 0 };
  }
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
