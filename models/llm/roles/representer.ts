// The representer: an item as a vector, the model's hidden state after the item's text.
import { guarded } from '../fields.ts';
import { defineRole } from '../role.ts';
import { groups, title, written } from '../text-fields.ts';

/** Version of `itemPrompt`. */
export const ITEM_PROMPT = 'item-1';

export const representer = defineRole({
  name: 'representer',
  doc: 'Vectors of items, for similarity, retrieval and the policies.',
  fields: { title, groups, intent: written },
  prompts: [ITEM_PROMPT],
  usedBy: ['`represent`', '`evaluate paradigms`'],
});

/**
 * The prompt for an item's vector: `The movie <title>, genres <groups>`.
 * @param noun what the catalogue holds, such as `movie`, `video`, `product`
 */
export function itemPrompt(text: string, names: readonly string[] = [], noun = 'movie'): string {
  const { fields } = guarded(representer, { title: text, groups: names });
  const listed = (fields.groups ?? []).slice(0, 8);
  const tail = listed.length === 0 ? '' : `, genres ${listed.join(', ')}`;
  return `The ${noun} ${fields.title}${tail}`;
}
