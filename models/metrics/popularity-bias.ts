// Whether recommendations lean to what everybody knows. The popularity of an item is the share of users who
// chose it: φ(i) = users of i / users.

/** Users who chose each item, of all users who chose any. */
export interface Popularity {
  readonly usersOf: ReadonlyMap<string, number>;
  readonly users: number;
}

/**
 * Novelty: mean −log2 φ(i) over what was shown (Zhou et al. 2010, self-information), bits; an item that
 * nobody chose counts as if one user had. Range 0 to log2 users; null without users or showings.
 */
export function novelty(shown: readonly string[], { usersOf, users }: Popularity): number | null {
  if (shown.length === 0 || users === 0) return null;
  const bits = shown.map((item) => -Math.log2(Math.max(1, usersOf.get(item) ?? 0) / users));
  return bits.reduce((sum, one) => sum + one, 0) / shown.length;
}

export interface Taste {
  /** Items shown to the user, each as often as it was. */
  readonly shown: readonly string[];
  /** Items that the user chose by themselves. */
  readonly chosen: readonly string[];
}

/**
 * Popularity lift: (GAP(shown) − GAP(chosen)) / GAP(chosen), GAP the mean over users of the mean φ of their
 * items (Abdollahpouri et al. 2019); users without one of the two are left out. 0: as popular as what people
 * choose; range −1 up; null without such users.
 */
export function popularityLift(tastes: readonly Taste[], popularity: Popularity): number | null {
  const both = tastes.filter(({ shown, chosen }) => shown.length > 0 && chosen.length > 0);
  const gap = (of: (taste: Taste) => readonly string[]) =>
    both.reduce((sum, taste) => sum + meanPopularity(of(taste), popularity), 0);
  const chosen = gap((taste) => taste.chosen);
  return chosen > 0 ? gap((taste) => taste.shown) / chosen - 1 : null;
}

function meanPopularity(items: readonly string[], { usersOf, users }: Popularity): number {
  return items.reduce((sum, item) => sum + (usersOf.get(item) ?? 0), 0) / items.length / users;
}

/** Items by the number of their users, the most first; of as many the smaller id, compared as text. */
export function mostPopular({ usersOf }: Popularity): string[] {
  return [...usersOf].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([item]) => item);
}

/**
 * Serendipity: share of the clicked items that the popularity baseline would not have shown, which shows
 * everybody the k most popular items. Range 0 to 1; null without clicks.
 * @param clicks the item, and the length k of the slate that it stood in
 */
export function serendipity(
  clicks: readonly { readonly itemId: string; readonly k: number }[],
  popularity: Popularity,
): number | null {
  const rank = new Map(mostPopular(popularity).map((item, i) => [item, i]));
  const beyond = clicks.filter(({ itemId, k }) => (rank.get(itemId) ?? Infinity) >= k);
  return clicks.length === 0 ? null : beyond.length / clicks.length;
}

/**
 * Bias-mitigation score: how much of the bias of the popularity baseline is gone, 1 − value / baseline's.
 * 0: as biased as it; 1: free of the bias; below 0: worse. Null where the baseline has none.
 */
export function mitigation(value: number | null, baseline: number | null): number | null {
  return value === null || baseline === null || !(baseline > 0) ? null : 1 - value / baseline;
}
