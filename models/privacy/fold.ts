// A text as a reader sees it, for looking for patterns: invisible characters gone, digits of every
// script, wide letters, dashes and accents as their plain forms. Nothing hides between the letters.

export interface Folded {
  readonly text: string;
  /**
   * Gives the place in the original at which a code unit of `text` stands; for the length of
   * `text`, the original's length.
   */
  readonly at: (index: number) => number;
}

const PLAIN = /^[\x20-\x7e]*$/;
const INVISIBLE = /^[\p{Cf}\p{Mn}\p{Variation_Selector}]$/u;
const DIGIT = /^\p{Nd}$/u;
const DASH = /^\p{Pd}$/u;
const SPACE = /^[\s\p{Zs}\p{Cc}]$/u;

/** Folds a text in one pass: a code point becomes one code unit or none, or stays. */
export function fold(original: string): Folded {
  if (PLAIN.test(original)) return { text: original, at: (index) => index };
  let text = '';
  const at: number[] = [];
  let from = 0;
  for (const character of original) {
    const plain = foldOne(character);
    for (let i = 0; i < plain.length; i++)
      at.push(from + (plain.length === character.length ? i : 0));
    text += plain;
    from += character.length;
  }
  at.push(original.length);
  return { text, at: (index) => at[index]! };
}

function foldOne(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x80) return code < 0x20 || code === 0x7f ? ' ' : character;
  if (INVISIBLE.test(character)) return '';
  if (SPACE.test(character)) return ' ';
  if (DASH.test(character)) return '-';
  if (DIGIT.test(character)) return String(digitOf(character, code));
  // Wide and small forms, and a letter with its marks; not ½, which would become three characters.
  const plain = character.normalize('NFKD').replace(/\p{Mn}/gu, '');
  return plain.length === 1 ? plain : character;
}

/** Decimal digits of a script stand side by side, from 0 to 9. */
function digitOf(character: string, code: number): number {
  const plain = character.normalize('NFKC');
  if (plain >= '0' && plain <= '9') return Number(plain);
  let zero = code;
  while (zero > code - 9 && DIGIT.test(String.fromCodePoint(zero - 1))) zero--;
  return (code - zero) % 10;
}
