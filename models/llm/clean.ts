// A text as one bounded line.

/** Largest number of characters of a title or a group that reach a model. */
export const MAX_TEXT = 160;

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
