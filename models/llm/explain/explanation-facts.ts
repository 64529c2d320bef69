// The facts that a reason is made of, and nothing else.
import type { Counts } from '../../privacy/kinds.ts';

export interface LikedItem {
  readonly itemId: string;
  /** As it is said: see `spokenTitle`. */
  readonly title: string;
  readonly groups: readonly string[];
}

export interface CitedItem extends LikedItem {
  /** Groups that it has in common with the item. */
  readonly shared: readonly string[];
  /** Cosine of the two vectors, standardised; null where one is missing. */
  readonly similarity: number | null;
}

export interface ExplanationFacts {
  readonly itemId: string;
  readonly title: string;
  readonly groups: readonly string[];
  /** As `name=value`. */
  readonly attributes: readonly string[];
  /** Everything the user is known to like, oldest first. */
  readonly liked: readonly LikedItem[];
  /** Those of `liked` that are most like the item, nearest first; only ones with something in common. */
  readonly cited: readonly CitedItem[];
  /** Groups of the item that the user liked before, most liked first. */
  readonly likedGroups: readonly string[];
  /** What of the record was masked before anything else saw it, by kind. */
  readonly masked: Counts;
}
