// Items that targets are learned against, drawn by popularity to the power of ¾ (Mikolov et al. 2013).
import type { Random } from '../random.ts';

const { log, sqrt } = Math;

export class NegativeSample {
  readonly #draws: number;
  /** Sums of the weights up to each item. */
  readonly #sums: Float64Array;
  /** −ln of how often each item is drawn on average. */
  readonly #corrections: Float64Array;

  constructor(histories: readonly (readonly number[])[], size: number, draws: number) {
    this.#draws = draws;
    const counts = new Float64Array(size).fill(0.5);
    for (const history of histories) for (const item of history) counts[item]! += 1;
    const weights = counts.map((count) => sqrt(count * sqrt(count)));
    let sum = 0;
    this.#sums = weights.map((weight) => (sum += weight));
    this.#corrections = weights.map((weight) => -log((draws * weight) / sum));
  }

  /** The targets, then the drawn items, with what each score gains to stand for the whole softmax. */
  draw(
    targets: ReadonlyMap<number, number>,
    seen: ReadonlySet<number>,
    random: Random,
  ): { items: number[]; corrections: number[] } {
    const items = [...targets.keys()];
    const corrections = items.map(() => 0);
    for (let i = 0; i < this.#draws; i++) {
      const item = this.#find(random.next() * this.#sums.at(-1)!);
      if (targets.has(item) || seen.has(item)) continue;
      items.push(item);
      corrections.push(this.#corrections[item]!);
    }
    return { items, corrections };
  }

  #find(sum: number): number {
    let [low, high] = [0, this.#sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sums[middle]! <= sum) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
