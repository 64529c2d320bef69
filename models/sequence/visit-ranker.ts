// Ranks the places that a user may visit at a given time: a conditional logit over what the user's own
// visits and those of all others say.
//
// The weights are learned on the visits of the last quarter of the time, each asked about as it came, from
// the user's visits before it and from what all users did in the first three quarters; then all visits
// are learned. So no column has seen what its weight is learned on.
import { Random, shuffled } from '../random.ts';
import { ALL, AllVisits, type Location } from './all-visits.ts';
import { ConditionalLogit } from './conditional-logit.ts';
import { fillOwn, OWN } from './own-visits.ts';
import type { VisitQuery, Visits } from './visits.ts';

const STEP = 0.05;
/** Share of the visits, the latest, that the weights are learned on, and the most of them, drawn for each pass. */
const HELD_OUT = 0.25;
const FITTED = 10_000;
const PASSES = 2;

export interface VisitRankerOptions {
  readonly seed: number;
  /** Where the places are, if it is known. @default it is not known */
  readonly locations?: readonly (Location | undefined)[];
}

export class VisitRanker {
  readonly name = 'millrace';
  readonly #size: number;
  readonly #logit = new ConditionalLogit(
    [...OWN, ...ALL].map(([, weight]) => weight),
    STEP,
  );
  readonly #columns: readonly Float64Array[];
  #all: AllVisits;

  private constructor(all: AllVisits, size: number) {
    this.#all = all;
    this.#size = size;
    this.#columns = [...OWN, ...ALL].map(() => new Float64Array(size));
  }

  /** @param size number of places; visits hold numbers below it */
  static fit(
    histories: readonly Visits[],
    size: number,
    { seed, locations }: VisitRankerOptions,
  ): VisitRanker {
    const times = Float64Array.from(histories.flatMap((history) => history.times)).sort();
    const cut = times[Math.floor((1 - HELD_OUT) * times.length)] ?? 0;
    const early = new AllVisits(size, locations);
    const held: { history: Visits; at: number }[] = [];
    for (const history of histories) {
      const first = history.times.findIndex((at) => at >= cut);
      const kept = first < 0 ? history.items.length : first;
      early.learn(visitsBefore(history, kept));
      for (let at = Math.max(1, kept); at < history.items.length; at++) held.push({ history, at });
    }
    const ranker = new VisitRanker(early, size);
    for (let pass = 0; pass < PASSES; pass++) {
      const random = new Random(seed + pass);
      for (const { history, at } of shuffled(held, random).slice(0, FITTED)) {
        const query = { ...visitsBefore(history, at), at: history.times[at]! };
        ranker.#learn(query, history.items[at]!);
      }
    }
    ranker.#all = new AllVisits(size, locations);
    for (const history of histories) ranker.#all.learn(history);
    return ranker;
  }

  /** Weights of the columns by their names. */
  get weights(): Readonly<Record<string, number>> {
    const names = [...OWN, ...ALL].map(([name]) => name);
    return Object.fromEntries(names.map((name, f) => [name, this.#logit.weights[f]!]));
  }

  /** Scores of all places. */
  scores(query: VisitQuery): Float64Array {
    return this.#score(query).scores;
  }

  #learn(query: VisitQuery, target: number): void {
    this.#logit.learn(this.#columns, this.#score(query), [target]);
  }

  #score(query: VisitQuery) {
    fillOwn(query, this.#columns.slice(0, OWN.length));
    this.#all.fill(query, this.#columns.slice(OWN.length));
    return this.#logit.score(this.#columns, new Float64Array(this.#size), this.#size);
  }
}

/** The first `n` visits. */
export const visitsBefore = ({ items, times }: Visits, n: number): Visits => ({
  items: items.slice(0, n),
  times: times.slice(0, n),
});
