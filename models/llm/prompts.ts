// What the language model is given to read. Catalogue text is data, and all of it passes the gate of
// fields.ts: masked, cleaned and bounded.
import { guarded } from './fields.ts';

export { cleanText, MAX_TEXT } from './clean.ts';

/** Liked titles in a history prompt; the model is small and each title costs about 9 tokens. */
export const MAX_HISTORY = 8;

/** Versions of the templates: part of every content hash, changed with the words. */
export const ITEM_PROMPT = 'item-1';
export const PMI_PROMPT = 'pmi-1';

/**
 * For an item's vector: `The movie <title>, genres <groups>`.
 * @param noun what the catalogue holds, such as `movie`, `video`, `product`
 */
export function itemPrompt(title: string, groups: readonly string[] = [], noun = 'movie'): string {
  const { fields } = guarded('representer', { title, groups });
  const names = (fields.groups ?? []).slice(0, 8);
  const tail = names.length === 0 ? '' : `, genres ${names.join(', ')}`;
  return `The ${noun} ${fields.title}${tail}`;
}

/**
 * Before a title, with what the user liked, oldest first; the last `MAX_HISTORY` are used.
 * Titles follow by `continuation`.
 */
export function historyPrompt(liked: readonly string[], noun = 'movie'): string {
  const titles = guarded('policy', { liked }).fields.liked ?? [];
  if (titles.length === 0) return neutralPrompt(noun);
  return `I liked the ${noun}s ${titles.slice(-MAX_HISTORY).join(', ')}. I also liked the ${noun}`;
}

/** Before a title, knowing nothing of the user. */
export function neutralPrompt(noun = 'movie'): string {
  return `I liked the ${noun}`;
}

/** A title as it follows a prompt: with the space that belongs to its first token. */
export function continuation(title: string): string {
  return ` ${guarded('policy', { title }).fields.title}`;
}
