// The columns of the next-item ranker: each gives every item a score as a user's next.

import { grown } from '../ids.ts';
import { power } from '../power.ts';
import { Covisitation } from './covisitation.ts';
import { GroupAffinity } from './groups.ts';
import { FadingPopularity } from './popularity.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { log1p, max, sqrt } = Math;

/** Names of the columns in order, with the weights they start from. */
export const COLUMNS = [
  ['near: √ of co-visitation with the last 20 likes', 0.5],
  ['near: ln(1 + 10 ·)', 0.3],
  ['near the last 4: ln(1 + 10 ·)', 0.1],
  ['after the last 3, in this order: ln(1 + 10 ·)', 0.1],
  ['likes, fading over 4,000 events: ln', 0.4],
  ['likes, fading over 400 events: ln', 0],
  ['likes: ln(1 + ·)', 0],
  ['like rate', 0],
  ['groups of the last 50 likes', 0],
  ['groups of the last 5 likes', 0],
] as const;

/** Number of likes that a column looks back on, and factor of the weight for each step back. */
const NEAR = { likes: 20, keep: 0.87 };
const NEAREST = { likes: 4, keep: 0.6 };
const AFTER = { likes: 3, keep: 0.5 };
const TASTE = { likes: 50, keep: 0.97 };
const MOOD = { likes: 5, keep: 0.7 };
/** Largest number of likes that any column looks back on. */
export const LOOK_BACK = 50;
/**
 * Power of popularity that a pair's weight is divided by: here of the liked item, next of the
 * candidate.
 */
const SOURCE_POWER = 0.5;
const TARGET_POWER = 0.55;

export class Columns {
  readonly covisitation: Covisitation;
  readonly transitions: Covisitation;
  readonly slow: FadingPopularity;
  readonly fast: FadingPopularity;
  readonly groups: GroupAffinity;
  /** Number of items so far. */
  size = 0;
  #liked = new Float64Array(0);
  #shown = new Float64Array(0);
  #logLiked = new Float64Array(0);
  #rate = new Float64Array(0);
  /** An array of zeros, which holds other values only during a sum over some items. */
  #zeros = new Float64Array(0);
  /** The columns that depend on the user, as of the last `fill`. */
  readonly #own = Array.from({ length: 6 }, () => new Float64Array(0)) as unknown as Six;

  constructor(saved?: Pick<Columns, 'covisitation' | 'transitions' | 'slow' | 'fast' | 'groups'>) {
    this.covisitation = saved?.covisitation ?? new Covisitation();
    this.transitions = saved?.transitions ?? newTransitions();
    this.slow = saved?.slow ?? new FadingPopularity(SLOW);
    this.fast = saved?.fast ?? new FadingPopularity(FAST);
    this.groups = saved?.groups ?? new GroupAffinity();
  }

  /** Number of likes of every item. */
  get liked(): Float64Array {
    return this.#liked;
  }

  /** The columns as of the last `fill`, each at least `size` long. */
  get values(): readonly Float64Array[] {
    const [near, logNear, nearest, after, taste, mood] = this.#own;
    // The fading counts lack the time that has passed, which is the same for every item.
    const popular = [this.slow.decayedCounts, this.fast.decayedCounts, this.#logLiked, this.#rate];
    return [near, logNear, nearest, after, ...popular, taste, mood];
  }

  /** Fills the columns for a user by the last likes, oldest first. */
  fill(likes: readonly number[]): readonly Float64Array[] {
    const { size } = this;
    for (const [f, column] of this.#own.entries()) {
      this.#own[f] = grown(column, size);
      this.#own[f]!.fill(0, 0, size);
    }
    const [near, logNear, nearest, after, taste, mood] = this.#own;
    this.#gather(this.covisitation, likes, NEAR, near);
    this.#gather(this.covisitation, likes, NEAREST, nearest);
    this.#gather(this.transitions, likes, AFTER, after);
    for (let item = 0; item < size; item++) {
      const value = near[item]!;
      if (value !== 0) {
        logNear[item] = log1p(10 * value);
        near[item] = sqrt(value);
      }
      if (nearest[item] !== 0) nearest[item] = log1p(10 * nearest[item]!);
      if (after[item] !== 0) after[item] = log1p(10 * after[item]!);
    }
    this.groups.fill(taste, likes.slice(-TASTE.likes), TASTE.keep);
    this.groups.fill(mood, likes.slice(-MOOD.likes), MOOD.keep);
    return this.values;
  }

  /**
   * Adds the items that the pairs with the likes speak for; in the columns of pairs all other items
   * are 0.
   */
  collect(likes: readonly number[], into: Set<number>): void {
    for (const like of likes.slice(-NEAR.likes)) this.covisitation.collect(like, into);
    for (const like of likes.slice(-AFTER.likes)) this.transitions.collect(like, into);
  }

  /**
   * The columns of some items alone, in their order.
   * @param items must hold all that `collect` finds
   */
  some(items: Int32Array, likes: readonly number[]): Float64Array[] {
    const near = this.#some(items, this.covisitation, likes, NEAR);
    const nearest = this.#some(items, this.covisitation, likes, NEAREST);
    const after = this.#some(items, this.transitions, likes, AFTER);
    const popular = [this.slow.decayedCounts, this.fast.decayedCounts, this.#logLiked, this.#rate];
    return [
      near.map(sqrt),
      ...[near, nearest, after].map(logOf),
      ...popular.map((column) => taken(column, items)),
      this.groups.of(items, likes.slice(-TASTE.likes), TASTE.keep),
      this.groups.of(items, likes.slice(-MOOD.likes), MOOD.keep),
    ];
  }

  /** Items near the likes (oldest first), with how near; unordered. */
  near(likes: readonly number[]): [item: number, near: number][] {
    const found = new Set<number>();
    for (const like of likes.slice(-NEAR.likes)) this.covisitation.collect(like, found);
    const items = Int32Array.from(found);
    const near = this.#some(items, this.covisitation, likes, NEAR);
    return Array.from(items, (item, i) => [item, near[i]!]);
  }

  /**
   * Learns that an item was shown after the likes `before`, and whether it was liked. Items are
   * numbered as they appear.
   */
  learn(item: number, liked: boolean, groups: readonly number[], before: readonly number[]): void {
    const isNew = item >= this.size;
    if (isNew) this.groups.add(item, groups);
    this.slow.learn(item, isNew, liked);
    this.fast.learn(item, isNew, liked);
    const [shown, likes] = isNew ? [0, 0] : [this.#shown[item]!, this.#liked[item]!];
    this.#count(item, shown + 1, likes + (liked ? 1 : 0));
    if (!liked) return;
    this.covisitation.learn(item, before);
    this.transitions.follow(item, before);
    this.groups.like(item);
  }

  /** Sets the counts of an item, which are kept elsewhere. */
  restore(item: number, shown: number, liked: number): void {
    this.#count(item, shown, liked);
    this.groups.like(item, liked);
  }

  #count(item: number, shown: number, liked: number): void {
    this.size = max(this.size, item + 1);
    this.#liked = grown(this.#liked, item + 1);
    this.#shown = grown(this.#shown, item + 1);
    this.#logLiked = grown(this.#logLiked, item + 1);
    this.#rate = grown(this.#rate, item + 1);
    this.#shown[item] = shown;
    this.#liked[item] = liked;
    this.#logLiked[item] = log1p(liked);
    this.#rate[item] = (liked + 2) / (shown + 4);
  }

  /**
   * Sums the neighbours of the likes, the newest weighing most, divided by how popular both ends
   * are.
   */
  #gather(pairs: Covisitation, likes: readonly number[], look: Look, scores: Float64Array): void {
    this.#sum(pairs, likes, look, scores);
    for (let item = 0; item < this.size; item++) {
      if (scores[item] !== 0) scores[item]! *= powerOf(this.#liked[item]!);
    }
  }

  /** Sums the neighbours of the likes for some items alone. */
  #some(items: Int32Array, pairs: Covisitation, likes: readonly number[], look: Look) {
    this.#zeros = grown(this.#zeros, this.size);
    const zeros = this.#zeros;
    this.#sum(pairs, likes, look, zeros);
    const column = new Float64Array(items.length);
    for (let i = 0; i < items.length; i++) {
      const sum = zeros[items[i]!]!;
      if (sum === 0) continue;
      zeros[items[i]!] = 0;
      column[i] = sum * powerOf(this.#liked[items[i]!]!);
    }
    return column;
  }

  #sum(
    pairs: Covisitation,
    likes: readonly number[],
    { likes: most, keep }: Look,
    scores: Float64Array,
  ): void {
    let weight = 1;
    const from = max(0, likes.length - most);
    for (let i = likes.length - 1; i >= from; i--, weight *= keep) {
      const scale = weight * power(1 + this.#liked[likes[i]!]!, -SOURCE_POWER);
      pairs.addNeighbours(likes[i]!, scale, scores);
    }
  }
}

/** ln(1 + 10 ·) of a column, most of whose values are 0. */
function logOf(column: Float64Array): Float64Array {
  const logs = new Float64Array(column.length);
  for (let i = 0; i < logs.length; i++) if (column[i] !== 0) logs[i] = log1p(10 * column[i]!);
  return logs;
}

function taken(column: Float64Array, items: Int32Array): Float64Array {
  const values = new Float64Array(items.length);
  for (let i = 0; i < values.length; i++) values[i] = column[items[i]!]!;
  return values;
}

/** How many likes a column looks back on, and the factor of the weight for each step back. */
interface Look {
  readonly likes: number;
  readonly keep: number;
}

type Six = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

/** Number of events over which likes fade to half. */
export const SLOW = 4000;
export const FAST = 400;

/** Pairs of items that came one after the other, a few steps apart. */
export const newTransitions = (): Covisitation =>
  new Covisitation({ window: 3, neighbours: 64, falloff: 1 });

/** Values of (1 + likes)^−power for whole numbers of likes. */
const POWERS = Float64Array.from({ length: 1024 }, (_, n) => power(1 + n, -TARGET_POWER));
function powerOf(likes: number): number {
  return POWERS[likes] ?? power(1 + likes, -TARGET_POWER);
}
