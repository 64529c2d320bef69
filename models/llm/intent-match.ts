// How well an item fits the intent of a user.

/** The part of an intent that a decision looks at. */
export interface Wish {
  readonly wanted: readonly string[];
  readonly avoid: readonly string[];
  readonly confidence: number;
  readonly uncertainty: number;
}

/**
 * Largest uncertainty of a reading that a decision uses. Beyond it the conservative policy serves:
 * about a quarter of the readings of a log (docs/llm.md).
 */
export const MOST_UNCERTAIN = 0.475;

/** Whether an intent may move a decision. */
export function isSure({ uncertainty }: Pick<Wish, 'uncertainty'>): boolean {
  return uncertainty <= MOST_UNCERTAIN;
}

/**
 * confidence × (share of what is wanted − share of what is to be avoided), −1 to 1: shares of the
 * groups that the item could have of them. Null where the intent is too uncertain to say.
 */
export function intentMatch(wish: Wish, groups: readonly string[]): number | null {
  if (!isSure(wish)) return null;
  return wish.confidence * (share(groups, wish.wanted) - share(groups, wish.avoid));
}

function share(groups: readonly string[], wished: readonly string[]): number {
  const most = Math.min(groups.length, wished.length);
  return most === 0 ? 0 : groups.filter((group) => wished.includes(group)).length / most;
}
