// Popularity as a policy: the more an item was liked, the likelier it is shown.
import type { ReadonlyItemCounts } from '../item-counts.ts';
import type { DecisionContext, Policy } from '../policy.ts';

/** What counts likes. */
export interface LikesSource {
  /** Number of examples that were counted. */
  readonly version: number;
  readonly counts: Pick<ReadonlyItemCounts, 'positives'>;
}

export class PopularityPolicy implements Policy {
  readonly name = 'popularity';
  readonly #source: LikesSource;

  constructor(source: LikesSource) {
    this.#source = source;
  }

  get version(): number {
    return this.#source.version;
  }

  /** Scores log(1 + likes): a softmax at temperature 1 shows items in proportion to likes + 1. */
  scores(context: DecisionContext): Float64Array {
    const { counts } = this.#source;
    return Float64Array.from(context.candidates, ({ itemId }) =>
      Math.log1p(counts.positives(itemId)),
    );
  }
}
