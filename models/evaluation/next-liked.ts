// Choices to be made for a user: which of a few films, as popular as each other, is the next liked one.
import { Random, shuffled } from '../random.ts';

/** A rating, as the log has it. */
export interface Rated {
  readonly userId: string;
  readonly itemId: string;
  readonly at: number;
  readonly liked: boolean;
}

/** One decision and its answer. */
export interface Choice {
  readonly userId: string;
  readonly at: number;
  /** Items of the catalogue that the user liked before, oldest first. */
  readonly history: readonly string[];
  /** The liked item and others that the user never rated, in an order drawn at random. */
  readonly candidates: readonly string[];
  /** Index of the liked one. */
  readonly liked: number;
}

export interface ChoiceOptions {
  readonly seed: number;
  /** Number of most rated items that make up the catalogue. @default 1500 */
  readonly catalogue?: number;
  /** Number of candidates. @default 20 */
  readonly candidates?: number;
  /**
   * Number of items with about the same count of ratings from which the others are drawn.
   * @default 100
   */
  readonly window?: number;
  /** Fewest likes before a user's first choice. @default 5 */
  readonly fewest?: number;
  /** Largest number of choices of a user, spread evenly over the likes. @default 25 */
  readonly most?: number;
}

/** The `n` most rated items, the most rated first. */
export function mostRated(ratings: readonly Rated[], n: number): string[] {
  const counts = new Map<string, number>();
  for (const { itemId } of ratings) counts.set(itemId, (counts.get(itemId) ?? 0) + 1);
  const order = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return order.slice(0, n).map(([itemId]) => itemId);
}

/**
 * Choices by user, in order of time. The window of the others lies at a drawn place too, so that
 * the liked one is not in its middle.
 */
export function choicesOf(
  ratings: readonly Rated[],
  { seed, catalogue = 1500, candidates = 20, window = 100, fewest = 5, most = 25 }: ChoiceOptions,
): Map<string, Choice[]> {
  const items = mostRated(ratings, catalogue);
  const rank = new Map(items.map((itemId, i) => [itemId, i]));
  const byUser = Map.groupBy(ratings, ({ userId }) => userId);
  const random = new Random(seed);
  const choices = new Map<string, Choice[]>();
  for (const [userId, own] of byUser) {
    const seen = new Set(own.map(({ itemId }) => itemId));
    const likes = own.filter(({ itemId, liked }) => liked && rank.has(itemId));
    const places = shuffled([...likes.keys()].slice(fewest), random).slice(0, most);
    const ofUser = places
      .sort((a, b) => a - b)
      .map((place): Choice => {
        const { itemId, at } = likes[place]!;
        const first = Math.max(0, rank.get(itemId)! - random.below(window));
        const from = Math.min(first, Math.max(0, items.length - window));
        const near = items.slice(from, from + window).filter((other) => !seen.has(other));
        const others = shuffled(near, random).slice(0, candidates - 1);
        const all = shuffled([itemId, ...others], random);
        const history = likes.slice(0, place).map((like) => like.itemId);
        return { userId, at, history, candidates: all, liked: all.indexOf(itemId) };
      })
      .filter((choice) => choice.candidates.length === candidates);
    if (ofUser.length > 0) choices.set(userId, ofUser);
  }
  return choices;
}
