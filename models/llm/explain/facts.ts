// Finds the facts of a reason: what stands in the item's record and what the user liked, after both
// have passed the gate of the role. A reason is made of these facts only.
import type { Item } from '../../../schemas/topics/items.ts';
import { addCounts, type Counts } from '../../privacy/kinds.ts';
import { cleanText } from '../clean.ts';
import { guarded } from '../fields.ts';
import { explainer } from '../roles/explainer.ts';
import type { ExplanationFacts } from './explanation-facts.ts';

/** Largest number of liked items that a reason leans on. */
const MOST_CITED = 2;

/** Gives the cosine of two items' vectors; null if one is missing. */
export type Similarity = (oneId: string, otherId: string) => number | null;

/** @param liked items that the user liked, oldest first; the item itself is no reason for itself */
export function factsOf(
  item: Item,
  liked: readonly Item[],
  similarity: Similarity = () => null,
): ExplanationFacts {
  let masked: Counts = {};
  const guard = (one: Item, attributes: readonly string[] = []) => {
    const { title, groups } = one;
    const passed = guarded(explainer, { title: spokenTitle(title), groups, attributes });
    masked = addCounts(masked, passed.masked);
    return { title: '', groups: [], attributes: [], ...passed.fields };
  };
  const own = guard(
    item,
    Object.entries(item.attributes).map(([name, value]) => `${name}=${value}`),
  );
  const { title, groups, attributes } = own;
  const history = liked
    .filter(({ itemId }) => itemId !== item.itemId)
    .map((one) => {
      const passed = guard(one);
      return { itemId: one.itemId, title: passed.title, groups: passed.groups };
    });
  const near = history.map((one, i) => {
    const shared = groups.filter((group) => one.groups.includes(group));
    const cosine = similarity(item.itemId, one.itemId);
    const union = groups.length + one.groups.length - shared.length;
    const alike = (cosine ?? 0) + (union === 0 ? 0 : shared.length / union);
    return { ...one, shared, similarity: cosine, alike, i };
  });
  const cited = near
    .filter((one) => one.shared.length > 0 || (one.similarity ?? 0) > 0)
    // Of two as near, the one liked later.
    .sort((a, b) => b.alike - a.alike || b.i - a.i)
    .slice(0, MOST_CITED)
    .map(({ alike: _alike, i: _i, ...one }) => one);
  const times = (group: string) => history.filter((one) => one.groups.includes(group)).length;
  const likedGroups = groups
    .filter((group) => times(group) > 0)
    .sort((a, b) => times(b) - times(a));
  return {
    itemId: item.itemId,
    title,
    groups,
    attributes,
    liked: history,
    cited,
    likedGroups,
    masked,
  };
}

/**
 * A title as it is said: `Usual Suspects, The (1995)`, as catalogues sort it, is `The Usual
 * Suspects (1995)`.
 */
export function spokenTitle(title: string): string {
  return cleanText(title).replace(
    /^(.+), (The|A|An|Le|La|Les|Das|Der|Die|El|Il)(?= \(|$)/u,
    '$2 $1',
  );
}

/** Key of the facts that a reason is made from; equal keys give the same reason. */
export function factsKey({
  itemId,
  title,
  groups,
  attributes,
  cited,
  likedGroups,
}: ExplanationFacts): string {
  const leaned = cited.map((one) => [one.itemId, one.title, one.shared]);
  return JSON.stringify([itemId, title, groups, attributes, leaned, likedGroups]);
}
