// Where a word begins and ends. Most scripts put spaces between words, so a letter beside a letter goes on
// with a word. Chinese, Japanese and Thai do not, and Korean joins its particles to a word: beside their
// letters any place may be a boundary, also for a Latin name in the middle of such a text.

/** Scripts written without spaces between words, as parts of a character class. */
export const UNSPACED = [
  ...['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Yi', 'Thai', 'Lao', 'Khmer', 'Myanmar'],
  ...['Javanese', 'Balinese', 'Tai_Tham', 'New_Tai_Lue'],
]
  .map((script) => `\\p{Script_Extensions=${script}}`)
  .join('');

/** Those, and Korean: it has spaces, but its particles are written onto the word before: "Inception을". */
export const OPEN = `${UNSPACED}\\p{Script_Extensions=Hangul}`;

/** Source of a pattern of one letter, mark or digit beside which a word goes on. */
export const SPACED = `(?:(?![${OPEN}])[\\p{L}\\p{M}\\p{N}])`;

/** Source of a pattern of one letter of a script with spaces between words. */
export const SPACED_LETTER = `(?:(?![${OPEN}])[\\p{L}\\p{M}])`;

/** Source of a pattern of one letter of a script without spaces between words. */
export const OPEN_LETTER = `(?:(?=[${OPEN}])[\\p{L}\\p{M}])`;

/** Source of a pattern of the place where a word of a spaced script may begin. */
export const START = `(?<!${SPACED})`;

/** Source of a pattern of the place where a word of a spaced script may end. */
export const END = `(?!${SPACED})`;

const OPEN_IN_TEXT = new RegExp(OPEN_LETTER, 'u');

/** Whether a text holds a letter of a script without spaces, or of Korean. */
export function hasOpenLetter(text: string): boolean {
  return OPEN_IN_TEXT.test(text);
}

const TWO_OPEN = new RegExp(`(?:${OPEN_LETTER}.*){2}`, 'u');

/**
 * Whether a name stands in a text hardly ever without being meant: it has four characters, or two
 * letters of a script without spaces.
 */
export function isTelling(name: string): boolean {
  return name.length >= 4 || TWO_OPEN.test(name);
}

const SPACED_WORD = new RegExp(`${SPACED}+`, 'gu');
const UNSPACED_WORD = new RegExp(`(?=[${UNSPACED}])\\p{L}`, 'gu');

/** Words of spaced scripts in a text, in order. */
export function spacedWords(text: string): string[] {
  return text.match(SPACED_WORD) ?? [];
}

/**
 * Length of a text in words: runs between white space that hold a letter or digit of a spaced script,
 * and half the letters of the other scripts, in which a word has two on average.
 */
export function wordCount(text: string): number {
  const unspaced = text.match(UNSPACED_WORD)?.length ?? 0;
  const spaced = text
    .replace(UNSPACED_WORD, ' ')
    .split(/\s+/u)
    .filter((run) => run !== '' && (unspaced === 0 || /[\p{L}\p{N}]/u.test(run)));
  return spaced.length + Math.ceil(unspaced / 2);
}
