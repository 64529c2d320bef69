// What the language model is given to read. Catalogue text is data: it is cleaned and bounded here.

/** Characters of a title or a group that reach the model. */
export const MAX_TEXT = 160;
/** Liked titles in a history prompt; the model is small and each title costs about 9 tokens. */
export const MAX_HISTORY = 8;

/** Versions of the templates: part of every content hash, changed with the words. */
export const ITEM_PROMPT = 'item-1';
export const PMI_PROMPT = 'pmi-1';

/**
 * One line of at most `max` characters (code points): control and format characters and line breaks
 * become spaces, runs of white space one space. What only looks like a special token stays text; the
 * engine tokenises it as such.
 */
export function cleanText(text: string, max = MAX_TEXT): string {
  const line = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  // Slicing by code points keeps surrogate pairs whole; 2 × max units hold max code points.
  return [...line.slice(0, 2 * max)].slice(0, max).join('').trim();
}

/**
 * For an item's vector: `The movie <title>, genres <groups>`.
 * @param noun what the catalogue holds, such as `movie`, `video`, `product`
 */
export function itemPrompt(title: string, groups: readonly string[] = [], noun = 'movie'): string {
  const names = groups.map((group) => cleanText(group)).filter((group) => group !== '');
  const tail = names.length === 0 ? '' : `, genres ${names.slice(0, 8).join(', ')}`;
  return `The ${noun} ${cleanText(title)}${tail}`;
}

/**
 * Before a title, with what the user liked, oldest first; the last `MAX_HISTORY` are used.
 * Titles follow by `continuation`.
 */
export function historyPrompt(liked: readonly string[], noun = 'movie'): string {
  const titles = liked.map((title) => cleanText(title)).filter((title) => title !== '');
  if (titles.length === 0) return neutralPrompt(noun);
  return `I liked the ${noun}s ${titles.slice(-MAX_HISTORY).join(', ')}. I also liked the ${noun}`;
}

/** Before a title, knowing nothing of the user. */
export function neutralPrompt(noun = 'movie'): string {
  return `I liked the ${noun}`;
}

/** A title as it follows a prompt: with the space that belongs to its first token. */
export function continuation(title: string): string {
  return ` ${cleanText(title)}`;
}
