// The common part of the linear bandits: a ridge regression of likes on features. They differ in
// how they explore.
import type { Example } from '../../../schemas/topics/examples.ts';
import { decodeParts, encodeParts } from '../../codec.ts';
import { ItemCounts } from '../../item-counts.ts';
import { weightOf } from '../../outcomes.ts';
import type { DecisionContext, LearningPolicy, PolicyKind } from '../../policy.ts';
import { featuresOf, WIDTH } from '../features.ts';
import { Ridge } from './ridge.ts';

const formatOf = (name: string) => `millrace/${name}/1`;

/** Everything that a linear bandit learns. */
export interface LinearState {
  version: number;
  readonly counts: ItemCounts;
  readonly ridge: Ridge;
}

type OfRows<T> = (state: LinearState, rows: readonly Float64Array[], context: DecisionContext) => T;

/** Gives the candidates' scores, from their features. */
export type Explore = OfRows<Float64Array>;

/** Gives sets of scores of which one decides a slate. */
export type ExploreMixture = OfRows<readonly Float64Array[]>;

interface Exploring {
  readonly explore: Explore;
  readonly mixture: ExploreMixture | undefined;
}

class LinearBandit implements LearningPolicy {
  readonly name: string;
  readonly #state: LinearState;
  readonly mixture?: (context: DecisionContext) => readonly Float64Array[];
  readonly #explore: Explore;

  constructor(name: string, { explore, mixture }: Exploring, state: LinearState) {
    this.name = name;
    this.#explore = explore;
    this.#state = state;
    if (mixture) this.mixture = (context) => mixture(state, this.#rows(context), context);
  }

  get version(): number {
    return this.#state.version;
  }

  scores(context: DecisionContext): Float64Array {
    return this.#explore(this.#state, this.#rows(context), context);
  }

  learn(example: Example): void {
    const { counts, ridge } = this.#state;
    // The whole slate was shown at one moment: its features are as before any of its outcomes.
    const rows = example.items.map((item) =>
      featuresOf(example.state, item, counts, item.position),
    );
    for (const [i, item] of example.items.entries()) {
      const weight = weightOf(example, item);
      if (weight > 0) ridge.learn(rows[i]!, item.positive ? 1 : 0, weight);
    }
    counts.learn(example);
    this.#state.version += 1;
  }

  #rows({ state, candidates }: DecisionContext): Float64Array[] {
    return candidates.map((candidate) => featuresOf(state, candidate, this.#state.counts));
  }

  save(): Uint8Array {
    const { version, counts, ridge } = this.#state;
    const { names, arrays } = counts.save();
    return encodeParts({
      format: formatOf(this.name),
      meta: { version, items: names },
      arrays: { ...arrays, inverse: ridge.inverse, weights: ridge.weights },
    });
  }
}

/** A linear bandit that explores in the given way. @param mixture of a slate as a whole. @default none */
export function linearKind(name: string, explore: Explore, mixture?: ExploreMixture): PolicyKind {
  const exploring = { explore, mixture };
  return {
    name,
    create: () =>
      new LinearBandit(name, exploring, {
        version: 0,
        counts: new ItemCounts(),
        ridge: new Ridge(WIDTH),
      }),
    load(bytes) {
      const parts = decodeParts(bytes, formatOf(name));
      const { version, items } = parts.meta as { version: number; items: string[] };
      const ridge = new Ridge(WIDTH);
      ridge.inverse.set(parts.f64('inverse'));
      ridge.weights.set(parts.f64('weights'));
      const counts = ItemCounts.load(items, parts);
      return new LinearBandit(name, exploring, { version, counts, ridge });
    },
  };
}
