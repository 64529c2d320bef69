// Whether groups of items are recommended as often as people choose them.

export interface GroupUnfairness {
  /** Mean |GU(g)|, 0 to 1; 0 is even. */
  readonly mgu: number;
  /** Largest GU(g) minus smallest GU(g), 0 to 2. */
  readonly dgu: number;
}

/**
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
