// Ranks the item that a user will like next among all items seen so far.
import type { Rank } from '../learner.ts';
import { rankOf } from '../metrics/ranking.ts';
import { Random } from '../random.ts';
import { COLUMNS, Columns, LOOK_BACK } from './columns.ts';
import { ConditionalLogit, NO_CANDIDATE, type Scored } from './conditional-logit.ts';
import { DecayedTop } from './decayed-top.ts';
import { Histories } from './histories.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { max } = Math;

const STEP = 0.03;
const FEWEST_LIKES = 5;

/**
 * Number of items above which no choice set is made: liked items are then not ranked, and the
 * weights are learned against a sample, which takes the time of about as many items.
 */
const EXACT_UP_TO = 16_384;
const OTHERS = 512;

export interface LikedItem {
  readonly itemId: string;
  /** Index of the item; −1 for an item never seen. */
  readonly item: number;
}

/** The scores of all candidates for one user, valid until the next ones are made. */
export interface ChoiceSet extends Scored {
  readonly targets: readonly LikedItem[];
}

export class NextItem {
  readonly columns: Columns;
  readonly histories: Histories;
  readonly logit = new ConditionalLogit(
    COLUMNS.map(([, weight]) => weight),
    STEP,
  );
  readonly #exactUpTo: number;
  readonly #top = new DecayedTop();

  constructor(columns = new Columns(), histories = new Histories(), exactUpTo = EXACT_UP_TO) {
    this.#exactUpTo = exactUpTo;
    this.columns = columns;
    this.histories = histories;
  }

  /** Whether there are more items than a choice set is made of. */
  get isLarge(): boolean {
    return this.columns.size > this.#exactUpTo;
  }

  /** The scores of all candidates for a user; null if none of the liked items is to be ranked. */
  choiceSet(userId: string, liked: readonly LikedItem[]): ChoiceSet | null {
    if (this.isLarge) return null;
    if (this.histories.likes(userId) < FEWEST_LIKES || liked.length === 0) return null;
    const open = this.#open(userId);
    const targets = liked.filter(({ item }) => item >= 0 && open[item] === 0);
    return targets.length === 0 ? null : { ...this.#score(userId, open), targets };
  }

  /** Scores of all items for a user, by index; −Infinity for an item that the user has seen. */
  scores(userId: string): Float64Array {
    return this.#score(userId, this.#open(userId)).scores;
  }

  rank({ scores, candidates, targets }: ChoiceSet): Rank[] {
    const isSeen = (item: number) => scores[item] === NO_CANDIDATE;
    const rankBy = (values: Float64Array, item: number) =>
      rankOf(values, item, scores.length, isSeen);
    return targets.map(({ itemId, item }) => ({
      itemId,
      candidates,
      rank: rankBy(scores, item),
      popularity: rankBy(this.columns.liked, item),
    }));
  }

  /** Learns what was liked among the candidates, in one step up its log-likelihood. */
  learnWeights(choices: ChoiceSet): void {
    const targets = choices.targets.map(({ item }) => item);
    this.logit.learn(this.columns.values, choices, targets);
  }

  /**
   * Learns what was liked against a sample of the candidates, in time that does not grow with the
   * catalogue. The sample holds all items that the pairs with the user's likes speak for, and
   * others drawn evenly, which stand for the rest.
   */
  learnSampled(userId: string, liked: readonly LikedItem[]): void {
    if (this.histories.likes(userId) < FEWEST_LIKES) return;
    const { size } = this.columns;
    const seen = new Set<number>();
    this.histories.forEachSeen(userId, (item) => void seen.add(item));
    const sample = new Set(
      liked.map(({ item }) => item).filter((item) => item >= 0 && !seen.has(item)),
    );
    const targets = sample.size;
    if (targets === 0) return;
    const likes = this.histories.lastLikes(userId, LOOK_BACK);
    this.columns.collect(likes, sample);
    const known = sample.size;
    // A function of what was learned so far, so a restored learner draws the same.
    const random = new Random(this.columns.slow.events);
    for (let i = 0; i < OTHERS; i++) sample.add(random.below(size));
    const items = Int32Array.from(sample);
    const rest = max(1, size - known) / max(1, items.length - known);
    const standFor = Float64Array.from(items, (_, i) => (i < known ? 1 : rest));
    const open = Float64Array.from(items, (item) => (seen.has(item) ? NO_CANDIDATE : 0));
    const columns = this.columns.some(items, likes);
    const scored = this.logit.score(columns, open, items.length, standFor);
    this.logit.learn(columns, scored, [...items.subarray(0, targets).keys()]);
  }

  /**
   * Learns that a user was shown an item, and whether it was liked. Items are numbered from 0 as
   * they appear.
   */
  learn(userId: string, item: number, liked: boolean, groups: readonly number[] = []): void {
    const before = liked ? this.histories.lastLikes(userId, this.columns.covisitation.window) : [];
    this.columns.learn(item, liked, groups, before);
    this.#top.changed(item, this.columns.slow.decayedCounts);
    this.histories.add(userId, item, liked);
  }

  /** Forgets what a user has seen; the weights and the counts of items stay. */
  forget(userId: string): void {
    this.histories.forget(userId);
  }

  /** Items near the likes, the nearest first. @param likes oldest first */
  near(likes: readonly number[]): number[] {
    const found = this.columns.near(likes);
    found.sort(([one, a], [other, b]) => b - a || one - other);
    return found.map(([item]) => item);
  }

  /** All items, those liked most lately first. */
  byDecayedCount(): Generator<number> {
    return this.#top.items(this.columns.slow.decayedCounts, this.columns.size);
  }

  /** An array of 0 for every item, with −Infinity for those that the user has seen. */
  #open(userId: string): Float64Array {
    const open = new Float64Array(this.columns.size);
    this.histories.forEachSeen(userId, (item) => {
      open[item] = NO_CANDIDATE;
    });
    return open;
  }

  #score(userId: string, open: Float64Array): Scored {
    const columns = this.columns.fill(this.histories.lastLikes(userId, LOOK_BACK));
    return this.logit.score(columns, open, this.columns.size);
  }
}
