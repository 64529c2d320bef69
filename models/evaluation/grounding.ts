// Whether a text says only what its facts bear out: the grounded-claim rate.
import { wordsOf } from '../text/words.ts';

/**
 * Words that claim nothing: of grammar, and those with which anybody praises or blames anything, which no facts
 * could bear out or deny.
 */
const EMPTY = new Set(
  `a an and any are as at be because but by can did do does for from had has have he her his how i if in into is it
its just like liked may me more most my no not of on one or others our out product said say says she so some than that
the their them there these they this those to too up us very was we were what when which who will with would you your`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/**
 * Share of a text's claims that stand in the facts; a claim is a different word of it that is none of grammar.
 * Range 0 to 1; 1 for a text that claims nothing.
 */
export function groundedRate(text: string, facts: readonly string[], noun = ''): number {
  const known = new Set([...facts, noun].flatMap(wordsOf));
  const claims = [...new Set(wordsOf(text))].filter((word) => !EMPTY.has(word));
  if (claims.length === 0) return 1;
  return claims.filter((word) => known.has(word)).length / claims.length;
}
