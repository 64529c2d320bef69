// Whether groups of items are recommended as often as people choose them.

export interface GroupUnfairness {
  /** Mean |GU(g)|, 0 to 1; 0 is even. */
  readonly mgu: number;
  /** Largest GU(g) minus smallest GU(g), 0 to 2. */
  readonly dgu: number;
}

/**
 * How an item of n groups counts: `whole`, 1 in each of them (Jiang et al. 2024, IFairLRS); `shared`, 1/n in
 * each (SPRec, WWW 2025).
 */
export type GroupCounting = 'whole' | 'shared';

/** Counts by group of some items, each as often as it is given; an item without groups counts nowhere. */
export function groupCounts(
  items: readonly string[],
  groupsOf: (itemId: string) => readonly string[],
  counting: GroupCounting,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const groups = groupsOf(item);
    const one = counting === 'whole' ? 1 : 1 / groups.length;
    for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + one);
  }
  return counts;
}

/**
 * MGU and DGU, with K in their names where they are of the first K items of each slate.
 *
 * GU(g) = share of g among what was recommended − share of g among the users' histories.
 * Jiang et al. 2024, "Item-side fairness of large language model-based recommendation".
 * @param shown and chosen: counts by group, of any sum; null where either is empty
 */
export function groupUnfairness(
  shown: ReadonlyMap<string, number>,
  chosen: ReadonlyMap<string, number>,
): GroupUnfairness | null {
  const total = (counts: ReadonlyMap<string, number>) =>
    [...counts.values()].reduce((sum, count) => sum + count, 0);
  const [recommended, history] = [total(shown), total(chosen)];
  if (!(recommended > 0) || !(history > 0)) return null;
  const groups = [...new Set([...shown.keys(), ...chosen.keys()])];
  const unfair = groups.map(
    (group) => (shown.get(group) ?? 0) / recommended - (chosen.get(group) ?? 0) / history,
  );
  return {
    mgu: unfair.reduce((sum, gu) => sum + Math.abs(gu), 0) / groups.length,
    dgu: Math.max(...unfair) - Math.min(...unfair),
  };
}
