// Ranks what a history goes on with, as a set: the columns of the next-item ranker and vectors of items,
// blended by a conditional logit.
//
// Everything is learned from histories alone. Of each history the last quarter, one item at least, is held
// out while the columns are learned from the rest; the weights of the blend are learned on what was held
// out; then the columns learn the whole histories. So no column has seen what its weight is learned on.
import { ItemKnn } from '../baseline/item-knn.ts';
import { Random, shuffled } from '../random.ts';
import { COLUMNS, Columns, LOOK_BACK } from './columns.ts';
import { ConditionalLogit, NO_CANDIDATE, type Scored } from './conditional-logit.ts';
import { HistorySoftmax, type HistorySoftmaxOptions } from './history-softmax.ts';
import type { TimedHistory } from './timed-history.ts';
import { TimedPopularity } from './timed-popularity.ts';

/** Columns besides those of the next-item ranker, with the weights they start from. */
const MORE = [
  ['vectors: ln P', 0.5],
  ['item-kNN: √', 0.5],
  ['item-kNN of the last item: ln(1 + 100 ·)', 0.1],
  ['ln(1 + taken within a week of the last item)', 0.2],
  ['ln(1 + taken in the 12 weeks after)', 0],
] as const;
const START = [...COLUMNS, ...MORE].map(([, weight]) => weight);

const STEP = 0.05;
const HELD_OUT = 0.25;
/** Largest number of histories that the weights are learned on, drawn. */
const FITTED = 6000;
const WEEK_MS = 7 * 86_400_000;

export interface HistoryRankerOptions extends HistorySoftmaxOptions {
  readonly seed: number;
  /** Groups of each item, by number. @default none */
  readonly groups?: readonly (readonly number[])[];
}

export class HistoryRanker {
  readonly name = 'millrace';
  readonly #logit: ConditionalLogit;
  readonly #learned: Learned;

  private constructor(logit: ConditionalLogit, learned: Learned) {
    this.#logit = logit;
    this.#learned = learned;
  }

  /** @param size number of items; histories hold numbers below it */
  static fit(
    histories: readonly TimedHistory[],
    size: number,
    options: HistoryRankerOptions,
  ): HistoryRanker {
    const logit = new ConditionalLogit(START, STEP);
    const parts = histories.map(split).filter(({ held }) => held.length > 0);
    const partly = new Learned(
      parts.map(({ kept }) => kept),
      size,
      options,
    );
    for (const { kept, held } of shuffled(parts, new Random(options.seed)).slice(0, FITTED)) {
      const columns = partly.columns(kept);
      logit.learn(columns, scored(logit, columns, kept, size), held);
    }
    return new HistoryRanker(logit, new Learned(histories, size, options));
  }

  /** Weights of the columns by their names. */
  get weights(): Readonly<Record<string, number>> {
    const names = [...COLUMNS, ...MORE].map(([name]) => name);
    return Object.fromEntries(names.map((name, f) => [name, this.#logit.weights[f]!]));
  }

  /** Scores of all items as a next one; −Infinity for those of the history. */
  scores(history: TimedHistory): Float64Array {
    const columns = this.#learned.columns(history);
    return scored(this.#logit, columns, history, this.#learned.size).scores;
  }
}

/** The columns, learned from some histories. */
class Learned {
  readonly size: number;
  readonly #columns = new Columns();
  readonly #knn = new ItemKnn();
  readonly #last = new ItemKnn({ recency: 0 });
  readonly #vectors: HistorySoftmax;
  readonly #popularity: TimedPopularity;
  readonly #more = MORE.map(() => new Float64Array(0));

  constructor(
    histories: readonly TimedHistory[],
    size: number,
    { seed, groups = [], ...options }: HistoryRankerOptions,
  ) {
    this.size = size;
    // Every item once, so that all are known, then what was done in order of time.
    for (let item = 0; item < size; item++) {
      this.#columns.learn(item, false, groups[item] ?? [], []);
    }
    for (const { history, at } of inOrder(histories)) {
      const before = history.items.slice(Math.max(0, at - LOOK_BACK), at);
      this.#columns.learn(history.items[at]!, true, [], before);
    }
    for (const { items } of histories) {
      for (const [at, item] of items.entries()) {
        const earlier = items.slice(0, at);
        this.#knn.learn(item, earlier);
        this.#last.learn(item, earlier);
      }
    }
    this.#vectors = HistorySoftmax.fit(
      histories.map(({ items }) => items),
      size,
      seed,
      options,
    );
    this.#popularity = new TimedPopularity(histories, WEEK_MS);
    for (const f of this.#more.keys()) this.#more[f] = new Float64Array(size);
  }

  columns({ items, times }: TimedHistory): readonly Float64Array[] {
    const [vectors, knn, last, near, after] = this.#more as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    vectors.set(this.#vectors.scores(items));
    knn.set(this.#knn.scores(items, this.size));
    last.set(this.#last.scores(items, this.size));
    for (let item = 0; item < this.size; item++) {
      knn[item] = Math.sqrt(knn[item]!);
      last[item] = Math.log1p(100 * last[item]!);
    }
    const at = times.at(-1);
    this.#popularity.fill(at, -1, 1, near);
    this.#popularity.fill(at, 2, 12, after);
    return [...this.#columns.fill(items.slice(-LOOK_BACK)), ...this.#more];
  }
}

function scored(
  logit: ConditionalLogit,
  columns: readonly Float64Array[],
  { items }: TimedHistory,
  size: number,
): Scored {
  const open = new Float64Array(size);
  for (const item of items) open[item] = NO_CANDIDATE;
  return logit.score(columns, open, size);
}

/** All that was done, in order of time, or history by history where the log has no times. */
function inOrder(histories: readonly TimedHistory[]) {
  const events = histories.flatMap((history) => history.items.map((_, at) => ({ history, at })));
  const timeOf = ({ history, at }: (typeof events)[number]) => history.times[at] ?? 0;
  return events.sort((a, b) => timeOf(a) - timeOf(b));
}

/** A history without its last quarter, one item at least, and that; nothing is held out of a single item. */
function split({ items, times }: TimedHistory): { kept: TimedHistory; held: number[] } {
  const held = items.length < 2 ? 0 : Math.max(1, Math.round(HELD_OUT * items.length));
  const at = items.length - held;
  const kept = { items: items.slice(0, at), times: times.slice(0, at) };
  const seen = new Set(kept.items);
  return { kept, held: [...new Set(items.slice(at))].filter((item) => !seen.has(item)) };
}
