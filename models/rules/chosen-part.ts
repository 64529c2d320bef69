// What a policy chose of a slate, and what rules of the shop chose for it: what learns from propensities looks
// at the first alone.
import type { Example, Outcome } from '../../schemas/topics/examples.ts';

/** Whether a rule put the item there, so that nobody chose. */
export const isPinned = ({ barred }: Pick<Outcome, 'barred'>) => barred === 1;

/** Whether a rule narrowed the choice at the item's position. */
export const isNarrowed = ({ barred }: Pick<Outcome, 'barred'>) => barred > 0;

/** The example without its pinned items; the same object if it has none. */
export function chosenPart(example: Example): Example {
  const items = example.items.filter((item) => !isPinned(item));
  const pins = example.items.length - items.length;
  if (pins === 0) return example;
  return { ...example, items, candidateCount: Math.max(0, example.candidateCount - pins) };
}

/**
 * The example as if nothing had been narrowed, for what asks only which of the shown items was liked;
 * the same object if nothing was.
 */
export function anyPart(example: Example): Example {
  if (!example.items.some(isNarrowed)) return example;
  return { ...example, items: example.items.map((item) => ({ ...item, barred: 0 })) };
}

/** The propensity that an item had if any candidate that was left could have stood at its position. */
export function unnarrowedPropensity({
  propensity,
  barred,
}: Pick<Outcome, 'propensity' | 'barred'>): number {
  return barred > 0 ? propensity * (1 - barred) : propensity;
}
