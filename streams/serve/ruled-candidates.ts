// What the rules of the shop do to the candidates of a request: some are taken away, and items that are pinned
// or have a slot are brought.

import { Random, shuffled } from '../../models/random.ts';
import { broughtForSlot, type RulesInForce } from '../../models/rules/in-force.ts';
import type { ItemFacts } from '../../models/rules/match.ts';
import type { ShopRule } from '../../schemas/topics/rules.ts';
import type { Catalogue } from '../tables/catalogue.ts';

const nothing = Object.freeze({});

/** What rules may know of an item; of one that is not in the catalogue its id alone. */
export function factsOf(catalogue: Catalogue, itemId: string): ItemFacts {
  return catalogue.get(itemId) ?? { itemId, groups: [], attributes: nothing };
}

/**
 * Items to add to the candidates: those that are pinned, and some of each slot that has too few.
 * @param isOut whether an item cannot be shown to the user, or is removed by a rule
 * @param isRemoved whether an item is deleted, unknown, or removed by a rule
 */
export function broughtBy(
  rules: RulesInForce,
  chosen: ReadonlySet<string>,
  catalogue: Catalogue,
  seed: number,
  isRemoved: (itemId: string) => boolean,
  isOut: (itemId: string) => boolean,
): string[] {
  const brought = new Set(rules.pinnedItems().filter((itemId) => !isRemoved(itemId)));
  for (const { rule, matcher } of rules.slots()) {
    const isFor = (itemId: string) => matcher.matches(factsOf(catalogue, itemId));
    let found = 0;
    for (const itemId of chosen) if (isFor(itemId)) found += 1;
    for (const itemId of matching(rule, catalogue, seed)) {
      if (found >= broughtForSlot) break;
      if (chosen.has(itemId) || brought.has(itemId) || isRemoved(itemId) || isOut(itemId)) continue;
      if (!isFor(itemId)) continue;
      brought.add(itemId);
      found += 1;
    }
  }
  return [...brought].filter((itemId) => !chosen.has(itemId));
}

/** Ids that a slot could be for: those it names, or some of its groups in an order drawn by the seed. */
function matching({ items, groups }: ShopRule, catalogue: Catalogue, seed: number): string[] {
  if (items.length > 0) return items;
  const ids = groups.flatMap((group) => [...catalogue.idsIn(group)]);
  return shuffled(ids, new Random(seed)).slice(0, 10 * broughtForSlot);
}
