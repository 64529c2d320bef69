// The calibrated simulator: a head over the language model's signals, and the counts it leans on.
// Its parameters are a function of the logged examples, in order.
import type { Example } from '../../schemas/topics/examples.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import { decodeParts, encodeParts } from '../codec.ts';
import { grown } from '../ids.ts';
import { ItemCounts } from '../item-counts.ts';
import type { Candidate, PredictionContext } from '../policy.ts';
import { RatingHead, type RatingInput } from './rating-head.ts';
import { type Fidelity, SimulatorHead, type SimulatorInput } from './simulator-head.ts';

const FORMAT = 'millrace/simulator/3';

/**
 * Number of pseudo-observations that pull a user's rate to the overall one, and a taste to the
 * user's rate.
 */
const USER_SHRINKAGE = 5;
const TASTE_SHRINKAGE = 10;
/** Weight of an outcome, relative to the one after it. */
const FADING = 0.85;

export class Simulator {
  readonly name = 'simulator';
  readonly #head: SimulatorHead;
  readonly #rating: RatingHead;
  readonly #counts: ItemCounts;
  /** Sum of the rewards by item, in the log's unit. */
  #sums: Float64Array;
  /** Name of the model whose similarities are used; see `seeBy`. */
  #model = '';

  private constructor(
    head: SimulatorHead,
    rating: RatingHead,
    counts: ItemCounts,
    sums: Float64Array,
  ) {
    this.#head = head;
    this.#rating = rating;
    this.#counts = counts;
    this.#sums = sums;
  }

  /** An untrained simulator, or the one `save` wrote. @throws MillraceError `parameters-unreadable` */
  static load(bytes?: Uint8Array): Simulator {
    if (!bytes)
      return new Simulator(
        new SimulatorHead(),
        new RatingHead(),
        new ItemCounts(),
        new Float64Array(0),
      );
    const parts = decodeParts(bytes, FORMAT);
    const meta = parts.meta as string[] | { ids: string[]; model: string };
    const { ids, model } = Array.isArray(meta) ? { ids: meta, model: '' } : meta;
    const triples = parts.f64('counts');
    const at = (column: number) => ids.map((_, i) => triples[3 * i + column]!);
    const pairs = Float64Array.from(ids.flatMap((_, i) => [...triples.subarray(3 * i, 3 * i + 2)]));
    const total = Float64Array.of(sumOf(at(0)), sumOf(at(1)));
    const counts = new ItemCounts(ids, pairs, total);
    const head = SimulatorHead.load(Uint8Array.from(parts.f64('head')));
    const simulator = new Simulator(
      head,
      new RatingHead(parts.f64('rating')),
      counts,
      Float64Array.from(at(2)),
    );
    simulator.#model = model;
    return simulator;
  }

  /** The model that `seeBy` named last. */
  get model(): string {
    return this.#model;
  }

  /**
   * Names the model by whose vectors similarities come from now on. If it is another model than
   * before, what was learned of similarities begins anew; everything else stays.
   * @param model name of a language model; empty for the one that serves everybody
   */
  seeBy(model: string): void {
    if (model === this.#model) return;
    this.#model = model;
    this.#head.forgetSimilarity();
  }

  /** Number of outcomes learned, the simulator's version. */
  get version(): number {
    return this.#head.count;
  }

  /** P(click) of a user on an item. */
  predictItem(state: UserState, item: Candidate): number {
    return this.#head.predict(this.#input(state, item));
  }

  /** The reward a user would give an item, in the log's unit; not clipped. */
  predictItemValue(state: UserState, item: Candidate): number {
    return this.#rating.predict(this.#ratingInput(state, item, this.predictItem(state, item)));
  }

  /** P(click) of each item; changes nothing. */
  predict({ state, items }: PredictionContext): Float64Array {
    return Float64Array.from(items, (item) => this.predictItem(state, item));
  }

  /** The reward to expect of each item, in the log's unit. */
  predictValues({ state, items }: PredictionContext): Float64Array {
    return Float64Array.from(items, (item) => this.predictItemValue(state, item));
  }

  /** Predicts, then learns, a logged example. @returns P(click) of each item as before learning */
  learn(example: Example): Float64Array {
    const { state, items } = example;
    // The whole slate is predicted before any of it is learned: it was shown at one moment.
    const p = this.predict(example);
    const rewards = items.map((item, i) => {
      this.#head.learn(this.#input(state, item), item.positive);
      return this.#rating.learn(this.#ratingInput(state, item, p[i]!), item.reward);
    });
    for (const [i, { itemId, positive }] of items.entries()) {
      const item = this.#counts.add(itemId, positive);
      this.#sums = grown(this.#sums, item + 1);
      this.#sums[item]! += rewards[i]!;
    }
    return p;
  }

  /** Weight of the simulator by its fidelity on logged feedback, 0 to 1. */
  confidence(): number {
    return this.fidelity().weight;
  }

  fidelity(): Fidelity {
    return this.#head.fidelity();
  }

  save(): Uint8Array {
    const counts = this.#counts;
    const ids = counts.itemIds;
    const triples = ids.flatMap((id, i) => [
      counts.impressions(id),
      counts.positives(id),
      this.#sums[i]!,
    ]);
    return encodeParts({
      format: FORMAT,
      // Ids alone where no model was named, as ever: equal states keep equal bytes.
      meta: this.#model === '' ? ids : { ids, model: this.#model },
      arrays: {
        counts: Float64Array.from(triples),
        head: Float64Array.from(this.#head.save()),
        rating: this.#rating.values,
      },
    });
  }

  #ratingInput(state: UserState, { itemId }: Candidate, p: number): RatingInput {
    return {
      userFeedbacks: state.feedbacks,
      userSum: state.valueSum,
      itemImpressions: this.#counts.impressions(itemId),
      itemSum: this.#sums[this.#counts.indexOf(itemId)] ?? 0,
      p,
    };
  }

  #input(state: UserState, { itemId, groups, similarity }: Candidate): SimulatorInput {
    const { rate } = this.#head;
    return {
      similarity,
      pmi: null,
      userFeedbacks: state.feedbacks,
      userPositives: state.positives,
      itemImpressions: this.#counts.impressions(itemId),
      itemPositives: this.#counts.positives(itemId),
      taste: tasteFor(state, groups, rate),
      mood: moodOf(state, rate),
      sessionFeedbacks: state.recent.filter(({ at }) => at >= state.sessionStart).length,
      userImpressions: state.impressions,
    };
  }
}

/** Mean over the groups of log-odds(like rate in the group) − log-odds(the user's like rate), shrunk. */
function tasteFor(state: UserState, groups: readonly string[], overall: number): number {
  const { feedbacks, positives } = state;
  if (groups.length === 0 || feedbacks === 0) return 0;
  const usual = shrunk(positives, feedbacks, overall, USER_SHRINKAGE);
  let total = 0;
  for (const { group, positives: liked, feedbacks: all } of state.groups) {
    if (!groups.includes(group)) continue;
    total += odds(shrunk(liked, all, usual, TASTE_SHRINKAGE)) - odds(usual);
  }
  return total / groups.length;
}

function moodOf({ recent }: UserState, overall: number): number {
  let sum = 0;
  let weights = 1;
  for (let i = recent.length - 1, weight = 1; i >= 0; i--, weight *= FADING) {
    sum += weight * ((recent[i]!.positive ? 1 : 0) - overall);
    weights += weight;
  }
  return sum / weights;
}

const shrunk = (positives: number, all: number, rate: number, prior: number) =>
  (Math.min(positives, all) + prior * rate) / (all + prior);

const odds = (p: number) => Math.log(p / (1 - p));

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
