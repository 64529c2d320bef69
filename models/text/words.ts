// Words of a text in any script, and whether one text stands in another as whole words.
//
// No dictionary is asked, so every version of Node cuts alike: where a script has no spaces between
// words, each letter counts as a word of its own (as sacrebleu's tokenisers `zh` and `char` do).

import { END, OPEN, START, UNSPACED } from './boundary.ts';

/** A combining mark belongs to the letter before: क and की are two words. */
const WORD = new RegExp(
  `(?=[${UNSPACED}])[\\p{L}\\p{N}]\\p{M}*|(?![${UNSPACED}])[\\p{L}\\p{N}](?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}])*`,
  'gu',
);

/** Soft hyphens, joiners and variation selectors; a space of no width is a space. */
const UNSEEN = /(?!\u200b)\p{Default_Ignorable_Code_Point}/gu;

/**
 * Words of a text: lower case, letters with their marks and digits alone, without stemming; for Latin
 * letters as ROUGE-1.5.5 takes them (Lin 2004).
 */
export function wordsOf(text: string): string[] {
  return text.replace(UNSEEN, '').normalize('NFC').toLowerCase().match(WORD) ?? [];
}

const BEGINS_OPEN = new RegExp(`^[${OPEN}]`, 'u');
const ENDS_OPEN = new RegExp(`[${OPEN}]$`, 'u');

/**
 * Source of a regular expression, flags `u` and `i`, that finds words as they stand, as whole words:
 * no letter, mark or digit goes on before or after them. Beside a letter of a script without spaces,
 * or of Korean, a word may begin and end anywhere. White space between the words may be of any kind.
 */
export function wholeWords(words: string): string {
  const source = words
    .trim()
    .replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    .replace(/\s+/gu, '\\s+');
  const before = BEGINS_OPEN.test(words.trim()) ? '' : START;
  const after = ENDS_OPEN.test(words.trim()) ? '' : END;
  return `${before}${source}(?!\\p{M})${after}`;
}

/** Whether words stand in a text as whole words (see `wholeWords`), in any case; never if empty. */
export function hasWords(text: string, words: string): boolean {
  if (words.trim() === '') return false;
  return new RegExp(wholeWords(words.normalize('NFC')), 'iu').test(text.normalize('NFC'));
}
