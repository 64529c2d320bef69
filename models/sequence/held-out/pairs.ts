// Pairs of items that came near each other in some sequences, as sparse rows: item-based collaborative
// filtering (Sarwar et al. 2001) with a weight for how far apart and in which order they came.
import { power } from '../../power.ts';

/** Items of one user, oldest first. */
export type Sequence = readonly number[];

export interface PairOptions {
  /** Largest distance of a pair in a sequence; 1 is the next item. */
  readonly window: number;
  /** A pair `d` apart weighs d^−falloff. */
  readonly falloff: number;
  /** Weight of a pair from the earlier item to the later one, and from the later to the earlier. */
  readonly forward: number;
  readonly backward: number;
  /** A sequence of n items divides its pairs by n^length. @default 0 */
  readonly length?: number;
  /** Σ is divided by ((total_i + prior)(total_j + prior))^popular. @default 0.5 */
  readonly popular?: number;
  /** @default 5 */
  readonly prior?: number;
}

export class Pairs {
  /** Row i is at starts[i] … starts[i + 1]. */
  readonly starts: Int32Array;
  readonly ids: Int32Array;
  readonly weights: Float64Array;

  constructor(sequences: readonly Sequence[], size: number, options: PairOptions) {
    const { window, falloff, forward, backward, length = 0, popular = 0.5, prior = 5 } = options;
    const rows = Array.from({ length: size }, () => new Map<number, number>());
    const totals = new Float64Array(size);
    const weightOf = Float64Array.from({ length: window + 1 }, (_, d) => power(d, -falloff));
    const add = (from: number, to: number, weight: number) => {
      if (weight !== 0) rows[from]!.set(to, (rows[from]!.get(to) ?? 0) + weight);
    };
    for (const sequence of sequences) {
      const share = length === 0 ? 1 : power(sequence.length, -length);
      for (let later = 0; later < sequence.length; later++) {
        totals[sequence[later]!]! += 1;
        for (let d = 1; d <= Math.min(window, later); d++) {
          const [one, other] = [sequence[later - d]!, sequence[later]!];
          if (one === other) continue;
          add(one, other, share * forward * weightOf[d]!);
          add(other, one, share * backward * weightOf[d]!);
        }
      }
    }
    const scale = totals.map((total) => power(total + prior, -popular));
    this.starts = new Int32Array(size + 1);
    for (let item = 0; item < size; item++) {
      this.starts[item + 1] = this.starts[item]! + rows[item]!.size;
    }
    this.ids = new Int32Array(this.starts[size]!);
    this.weights = new Float64Array(this.starts[size]!);
    for (let item = 0; item < size; item++) {
      let at = this.starts[item]!;
      for (const [other, weight] of rows[item]!) {
        this.ids[at] = other;
        this.weights[at++] = weight * scale[item]! * scale[other]!;
      }
    }
  }

  /** Adds `weight` times the row of an item to a column. */
  addRow(item: number, weight: number, column: Float64Array): void {
    for (let at = this.starts[item]!; at < this.starts[item + 1]!; at++) {
      column[this.ids[at]!]! += weight * this.weights[at]!;
    }
  }

  /** Adds the rows of a history to a column, each step back weighing `keep` times the one after it. */
  fill(column: Float64Array, history: Sequence, keep: number, most = 30): void {
    let weight = 1;
    const from = Math.max(0, history.length - most);
    for (let i = history.length - 1; i >= from; i--, weight *= keep) {
      this.addRow(history[i]!, weight, column);
    }
  }
}
