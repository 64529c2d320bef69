// The vocabulary of a catalogue: the groups that the model is asked about, and histories of nobody
// to compare its answers with.
import { Random } from '../../random.ts';
import { READ_TITLES } from '../roles/reasoner.ts';
import type { Remembered } from './situation.ts';

export interface Vocabulary {
  /** The most common groups, most common first. */
  readonly groups: readonly string[];
  /** Share of the items in each of `groups`. */
  readonly shares: readonly number[];
  /** Titles drawn from the catalogue: what the model says after them it says of nobody in particular. */
  readonly references: readonly (readonly string[])[];
}

/**
 * Largest number of groups asked about; each costs an evaluation for each further token of its
 * name.
 */
const GROUPS = 24;
const REFERENCES = 6;

/** The vocabulary of a catalogue. The same items in any order give the same one. */
export function vocabularyOf(
  items: Iterable<Remembered & { readonly itemId: string }>,
): Vocabulary {
  const sorted = [...items].sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
  const counts = new Map<string, number>();
  for (const { groups } of sorted) {
    for (const group of new Set(groups)) counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  const common = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, GROUPS);
  const random = new Random(0);
  return {
    groups: common.map(([group]) => group),
    shares: common.map(([, count]) => count / sorted.length),
    references: Array.from({ length: sorted.length === 0 ? 0 : REFERENCES }, () =>
      Array.from({ length: READ_TITLES }, () => sorted[random.below(sorted.length)]!.title),
    ),
  };
}
