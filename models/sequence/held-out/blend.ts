// Some columns of scores blended into one: the weights of a conditional logit, learned from events that the
// columns themselves have not learned.
import { ConditionalLogit, NO_CANDIDATE, type Scored } from '../conditional-logit.ts';

/** One source of scores; `Q` is what a moment is known by. */
export interface Column<Q> {
  readonly name: string;
  /** Weight that it starts from, per standard deviation over the candidates. */
  readonly start: number;
  /** Writes scores into a column of zeros. */
  fill(column: Float64Array, query: Q): void;
}

export class Blend<Q> {
  readonly columns: readonly Column<Q>[];
  readonly #size: number;
  readonly #logit: ConditionalLogit;
  readonly #values: Float64Array[];
  readonly #open: Float64Array;

  /**
   * @param size number of items
   * @param step of AdaGrad
   */
  constructor(columns: readonly Column<Q>[], size: number, step = 0.06) {
    this.columns = columns;
    this.#size = size;
    this.#logit = new ConditionalLogit(
      columns.map(({ start }) => start),
      step,
    );
    this.#values = columns.map(() => new Float64Array(size));
    this.#open = new Float64Array(size);
  }

  /** Weights by the names of the columns. */
  get weights(): Record<string, number> {
    return Object.fromEntries(
      this.columns.map(({ name }, f) => [name, this.#logit.weights[f]!] as const),
    );
  }

  /** The same weights over columns that have learned more. */
  over(columns: readonly Column<Q>[]): Blend<Q> {
    const blend = new Blend(columns, this.#size);
    blend.#logit.weights.set(this.#logit.weights);
    return blend;
  }

  /** Learns that `target` was chosen. @param seen items that are no candidates */
  learn(query: Q, target: number, seen: Iterable<number>): void {
    const scored = this.#score(query, seen, target);
    this.#logit.learn(this.#values, scored, [target]);
  }

  /**
   * Scores of all items, −∞ for those that are no candidates. The array is the blend's own, valid until
   * its next call.
   */
  scores(query: Q, seen: Iterable<number>): Float64Array {
    return this.#score(query, seen).scores;
  }

  #score(query: Q, seen: Iterable<number>, target = -1): Scored {
    for (const [f, column] of this.columns.entries()) {
      column.fill(this.#values[f]!.fill(0), query);
    }
    this.#open.fill(0);
    for (const item of seen) if (item !== target) this.#open[item] = NO_CANDIDATE;
    return this.#logit.score(this.#values, this.#open, this.#size);
  }
}
