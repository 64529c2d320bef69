// A learner is a policy whose parameters are a pure function of the examples it was given, in order.
import type { Example } from '../schemas/topics/examples.ts';
import type { UserState } from '../schemas/topics/user-state.ts';
import type { ReadonlyItemCounts } from './item-counts.ts';
import type { TiedRank } from './metrics/ranking.ts';
import { realItems } from './outcomes.ts';
import type { Policy, PredictionContext } from './policy.ts';

/** Rank of a liked item among all items seen before, without those of the user's history. */
export interface Rank {
  readonly itemId: string;
  /** Number of items ranked, the target among them. */
  readonly candidates: number;
  /** Rank by the learner. */
  readonly rank: TiedRank;
  /** Rank by the count of likes so far. */
  readonly popularity: TiedRank;
}

/**
 * A model that gives the probability of a click before it learns from the outcome (prequential).
 */
export interface Predictor {
  readonly name: string;
  /** P(click) of each item, inside (0, 1); changes nothing. */
  predict(context: PredictionContext): Float64Array;
  /** Learns the whole example. The same sequence of examples gives the same bytes from `save`. */
  learn(example: Example): void;
  /** Forgets what is kept under the id of a user. @default nothing is */
  forget?(userId: string): void;
  /** The whole state; loading it continues exactly as if it had never been saved. */
  save(): Uint8Array;
}

/** Where candidates come from: near the user's likes, popular lately, new, or anything. */
export const retrievers = ['near', 'popular', 'fresh', 'random'] as const;
export type Retriever = (typeof retrievers)[number];

/** Half of the items near the likes, a quarter popular, an eighth new, an eighth anything. */
export const retrieverTurns: readonly Retriever[] = Object.freeze([
  'near',
  'popular',
  'near',
  'popular',
  'near',
  'random',
  'near',
  'fresh',
]);

export interface Learner extends Predictor, Policy {
  /** Expected value of each item, in the log's unit and within the range of the log so far. */
  predictValues(context: PredictionContext): Float64Array;
  /**
   * Ranks of the targets that occurred before and are not in the user's history, for users with at
   * least five earlier likes. Empty where there are too many items to rank them all each time. Call
   * before `learn`.
   * @param targets items of the context to rank, such as the likes that `rankTargets` gives
   */
  rank(context: PredictionContext, targets: readonly string[]): Rank[];
  /** Items seen so far, in order of first sight; the list only grows. */
  readonly itemIds: readonly string[];
  /**
   * How likely each of `itemIds` is the user's next like; −Infinity for an item that the user has
   * seen.
   */
  scoreItems(userId: string): Float64Array;
  /**
   * Up to `n` items worth scoring, from several retrievers, less the user's recent items;
   * the same arguments give the same list.
   * @param turns of the retrievers, over and over. @default retrieverTurns
   */
  retrieve(
    state: UserState,
    n: number,
    at: number,
    seed: number,
    turns?: readonly Retriever[],
  ): string[];
  /** Counts behind the popularity policy. */
  readonly counts: ReadonlyItemCounts;
}

/** Items of an example that `rank` is judged by: what people liked. */
export function rankTargets(example: Example): string[] {
  return realItems(example)
    .filter(({ positive }) => positive)
    .map(({ itemId }) => itemId);
}

/** Makes learners: new ones, or from their bytes. */
export interface LearnerKind<L extends Learner = Learner> {
  readonly name: string;
  create(): L;
  /** A learner from the bytes of `save`. @throws MillraceError `parameters-unreadable` */
  load(bytes: Uint8Array): L;
}
