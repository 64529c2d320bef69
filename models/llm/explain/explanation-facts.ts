// The facts that a reason is made of, and nothing else.
import type { Counts } from '../../privacy/kinds.ts';

export interface LikedItem {
  readonly itemId: string;
  /** Title as it is said: see `spokenTitle`. */
  readonly title: string;
  readonly groups: readonly string[];
}

export interface CitedItem extends LikedItem {
  /** Groups that the liked item has in common with the item. */
  readonly shared: readonly string[];
  /** Cosine of the two items' vectors, standardised; null if one is missing. */
  readonly similarity: number | null;
}

export interface ExplanationFacts {
  readonly itemId: string;
  readonly title: string;
  readonly groups: readonly string[];
  /** Attributes of the item, as `name=value`. */
  readonly attributes: readonly string[];
  /** All items that the user is known to like, oldest first. */
  readonly liked: readonly LikedItem[];
  /**
   * Items of `liked` that are most like the item and have something in common with it, nearest
   * first.
   */
  readonly cited: readonly CitedItem[];
  /** Groups of the item that the user liked before, the most liked first. */
  readonly likedGroups: readonly string[];
  /** What was masked in the record before anything else saw it, by kind. */
  readonly masked: Counts;
}
