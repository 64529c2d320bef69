// The default learner: an online click model with running statistics, and a next-item ranker beside it.
//
// Everything it knows is a function of the examples, in order: no clock, no chance. Simulated
// outcomes teach the click model, by their confidence, and never enter statistics or histories.
import type { Example } from '../../../schemas/topics/examples.ts';
import type { UserState } from '../../../schemas/topics/user-state.ts';
import type { ReadonlyItemCounts } from '../../item-counts.ts';
import {
  type Learner,
  type LearnerKind,
  type Rank,
  type Retriever,
  rankTargets,
} from '../../learner.ts';
import { realItems, sourceOf, weightOf } from '../../outcomes.ts';
import type { DecisionContext, PredictionContext } from '../../policy.ts';
import { within } from '../../reach.ts';
import type { ChoiceSet, LikedItem } from '../../sequence/next-item.ts';
import { type Row, sigmoid } from './click-model.ts';
import { viewUser } from './features/user.ts';
import { retrieve } from './retrieve.ts';
import { decodeState, emptyState, encodeState, type LearnerState } from './state.ts';
import { ITEM } from './statistics.ts';

/** What `predict` and `rank` have computed, so that `learn` need not compute it again. */
interface Prepared {
  readonly context: PredictionContext;
  readonly version: number;
  rows?: Row[];
  ranked?: { readonly targets: readonly string[]; readonly choices: ChoiceSet | null };
}

class StreamLearner implements Learner {
  readonly name = 'millrace';
  readonly counts: ReadonlyItemCounts;
  readonly #state: LearnerState;
  #prepared: Prepared | undefined;

  constructor(state: LearnerState) {
    this.#state = state;
    const { statistics } = state;
    const column = (itemId: string, which: number) =>
      statistics.itemColumn(statistics.items.find(itemId), which);
    this.counts = {
      get items() {
        return statistics.items.size;
      },
      impressions: (itemId) => column(itemId, ITEM.n),
      positives: (itemId) => column(itemId, ITEM.liked),
    };
  }

  get version(): number {
    return this.#state.version;
  }

  scores(context: DecisionContext): Float64Array {
    const { clicks, statistics } = this.#state;
    const user = viewUser(context.state, context.at, statistics);
    const rows = clicks.read(user, context.candidates, context.k, statistics);
    return Float64Array.from(rows, (row) => clicks.logit(row));
  }

  predict(context: PredictionContext): Float64Array {
    const { clicks } = this.#state;
    return Float64Array.from(this.#rows(context), (row) => sigmoid(clicks.logit(row)));
  }

  predictValues(context: PredictionContext): Float64Array {
    const { values, statistics } = this.#state;
    const { mean, std, least, most } = statistics;
    return Float64Array.from(this.#rows(context), (row) =>
      Math.min(most, Math.max(least, mean + std * values.predict(row))),
    );
  }

  rank(context: PredictionContext, targets: readonly string[]): Rank[] {
    const choices = this.#choiceSet(context, targets);
    return choices === null ? [] : this.#state.next.rank(choices);
  }

  learn(example: Example): void {
    const { clicks, values, next, statistics } = this.#state;
    const { items, userId } = example;
    const rows = this.#rows(example);
    const targets = rankTargets(example);
    const choices = this.#choiceSet(example, targets);
    const weights = items.map((item) => weightOf(example, item));
    for (const [i, { positive }] of items.entries()) {
      if (weights[i]! > 0) clicks.learn(rows[i]!, positive ? 1 : 0, weights[i]!);
    }
    if (choices !== null) next.learnWeights(choices);
    else if (next.isLarge) next.learnSampled(userId, this.#known(targets));
    const real = realItems(example);
    const { mean, std, settled } = statistics;
    for (const [i, item] of items.entries()) {
      if (!settled || weights[i] === 0 || sourceOf(example, item) === 'simulated') continue;
      values.learn(rows[i]!, (within(statistics, item.reward) - mean) / std, weights[i]!);
    }
    statistics.learn(userId, example.at, real);
    for (const { itemId, positive, groups } of real) {
      const ofItem = groups.map((group) => statistics.groups.find(group));
      next.learn(userId, statistics.items.find(itemId), positive, ofItem);
    }
    this.#state.version += 1;
    this.#prepared = undefined;
  }

  forget(userId: string): void {
    this.#state.next.forget(userId);
    this.#prepared = undefined;
  }

  get itemIds(): readonly string[] {
    return this.#state.statistics.items.names;
  }

  scoreItems(userId: string): Float64Array {
    this.#prepared = undefined;
    return this.#state.next.scores(userId);
  }

  retrieve(
    state: UserState,
    n: number,
    _at: number,
    seed: number,
    turns?: readonly Retriever[],
  ): string[] {
    return retrieve(state, n, seed, this.#state.statistics, this.#state.next, turns);
  }

  save(): Uint8Array {
    return encodeState(this.#state);
  }

  #rows(context: PredictionContext): Row[] {
    const prepared = this.#prepare(context);
    const { clicks, statistics } = this.#state;
    if (prepared.rows === undefined) {
      const user = viewUser(context.state, context.at, statistics);
      prepared.rows = clicks.read(user, context.items, context.items.length, statistics);
    }
    return prepared.rows;
  }

  #choiceSet(context: PredictionContext, targets: readonly string[]): ChoiceSet | null {
    const prepared = this.#prepare(context);
    if (prepared.ranked === undefined || !sameIds(prepared.ranked.targets, targets)) {
      const choices = this.#state.next.choiceSet(context.userId, this.#known(targets));
      prepared.ranked = { targets, choices };
    }
    return prepared.ranked.choices;
  }

  #known(itemIds: readonly string[]): LikedItem[] {
    const known = this.#state.statistics.items;
    return itemIds.map((itemId) => ({ itemId, item: known.find(itemId) }));
  }

  #prepare(context: PredictionContext): Prepared {
    if (this.#prepared?.context !== context || this.#prepared.version !== this.version) {
      this.#prepared = { context, version: this.version };
    }
    return this.#prepared;
  }
}

const sameIds = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((id, i) => id === b[i]);

/**
 * A new learner, or the one that `save` wrote.
 * @throws MillraceError `parameters-unreadable`
 */
export function loadLearner(bytes?: Uint8Array): Learner {
  return new StreamLearner(bytes === undefined ? emptyState() : decodeState(bytes));
}

export const millrace: LearnerKind = {
  name: 'millrace',
  create: () => loadLearner(),
  load: loadLearner,
};
