// Finds the items and groups that a text names: the longest name at each place, with a mistake or two in it
// where nothing else is named there.
import { keyWords } from '../titles.ts';
import type { Lexicon } from './lexicon.ts';

export interface Mention {
  readonly kind: 'item' | 'group';
  /** Id of the item, or name of the group. */
  readonly name: string;
  /** Where it stands in the text, UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Whether it is spelled as in the catalogue. */
  readonly exact: boolean;
}

interface Token {
  readonly start: number;
  readonly end: number;
  /** Words of its key; none for an article that begins a name. */
  readonly key: string;
  readonly isCapital: boolean;
  /** Whether a sentence begins with it, where a capital says nothing. */
  readonly isFirst: boolean;
}

/** Han, kana and Hangul letters are tokens of their own: their scripts have no spaces, or join particles. */
const TOKEN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}])+(?:['’](?:(?![\p{Script=Han}])[\p{L}\p{M}])+)*|&/gu;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Words so common that alone, or together, they name nothing unless written as a title. */
const COMMON = new Set(
  `a about after again all alone always am an and any anything are as at away back bad be beautiful because been
before being best better big bit both boy boys but by came can cat chance city classic clean come cool could crazy
dad date dave day days dear did do does dog dogs down dreams each easy end ever every everything eve evil face
fan fantastic favorite few film first five for four free friday friend friends from frozen full fun game get girl
girls give go going gone good got great had happy hard has have he head heart hello help her here hi high him his
home hope house how i if in interesting into is it its job joe joy juice just kids kind king knew know last later
life light like little live long look lost lot love loved luck luke mad man many maybe me men money more morning
most mother movie movies much must my names need never new next nice night no not nothing now of off oh ok okay old
on once one only open or other our out over own party people perfect play please pretty pure ready real really red
right room run same saw say school scared see seen she should show sister sleep small so some something soon speed
star stars still story stuff such super sure take taken talk thanks that the their them then there these they thing
things think this those three time to today tomorrow too true try twist two under up us very want war was watch we
week well were what when where which who why will wish with woman women won wonder wonderful word work world would
yeah year years yes you young your`.split(/\s+/),
);

/** Finds what a text names, in its order. */
export function mentionsIn(text: string, lexicon: Lexicon): Mention[] {
  const tokens = tokensOf(text);
  const mentions: Mention[] = [];
  for (let i = 0; i < tokens.length; ) {
    const found = nameAt(text, tokens, i, lexicon);
    if (found) {
      mentions.push(found.mention);
      i += found.tokens;
    } else i += 1;
  }
  return mentions;
}

function tokensOf(text: string): Token[] {
  let after = 0;
  return [...text.matchAll(TOKEN)].map(({ 0: word, index: start }) => {
    const between = text.slice(after, start);
    const isFirst = after === 0 || /[.!?:;"“”\n]/.test(between);
    after = start + word.length;
    const key = word === '&' ? 'and' : keyWords(word).join(' ');
    return { start, end: after, key, isCapital: /^[\p{Lu}\p{N}]/u.test(word), isFirst };
  });
}

function nameAt(text: string, tokens: readonly Token[], from: number, lexicon: Lexicon) {
  const most = Math.min(lexicon.titles.longest + 1, tokens.length - from, 16);
  for (let n = most; n >= 1; n--) {
    const part = tokens.slice(from, from + n);
    const key = keyOfTokens(part);
    if (key === '') continue;
    const [start, end] = [part[0]!.start, part.at(-1)!.end];
    const year = yearAfter(text, end);
    const exact = lexicon.titles.has(key);
    const near = exact || !mayBeMistaken(part, key) ? undefined : lexicon.titles.nearest(key);
    const named = exact ? key : near;
    if (named !== undefined && (year !== undefined || isTitle(text, part, key))) {
      // With a year that no film of the name has, another film is meant.
      const name = lexicon.titles.exact(named, year?.year);
      if (name !== undefined) {
        const mention: Mention = { kind: 'item', name, start, end: year?.end ?? end, exact };
        return { mention, tokens: n + (year ? 1 : 0) };
      }
    }
    if (n <= lexicon.longestGroup) {
      const group = lexicon.groupOf(key);
      if (group !== undefined) {
        return {
          mention: { kind: 'group', name: group, start, end, exact: true } as Mention,
          tokens: n,
        };
      }
    }
  }
  return undefined;
}

function keyOfTokens(part: readonly Token[]): string {
  const words = part.map(({ key }) => key).filter((key) => key !== '');
  // Letters of scripts without spaces make one word, as in a title.
  const joined = words.reduce((all, word, i) => {
    const open = i > 0 && UNSPACED.test(word) && UNSPACED.test(words[i - 1]!);
    return open || i === 0 ? all + word : `${all} ${word}`;
  }, '');
  return keyWords(joined).join(' ');
}

/** A year in brackets right after a name. */
function yearAfter(text: string, end: number): { year: number; end: number } | undefined {
  const found = /^\s*\(\s*(\d{4})\s*\)/.exec(text.slice(end, end + 12));
  return found ? { year: Number(found[1]), end: end + found[0].length } : undefined;
}

/** Words right before a title written small. */
const SPOKEN_OF =
  /\b(?:seen|see|saw|watched|watch|loved|love|liked|like|enjoyed|enjoy|hated|hate|recommend)\s+$/i;

/** Whether words that spell a title are meant as one. */
function isTitle(text: string, part: readonly Token[], key: string): boolean {
  const [start, end] = [part[0]!.start, part.at(-1)!.end];
  if (/["“«'‘『「《]$/.test(text.slice(0, start)) && /^["”»'’』」》]/.test(text.slice(end)))
    return true;
  if (UNSPACED.test(key)) return key.length >= 3;
  const words = key.split(' ');
  const telling = words.filter((word) => !COMMON.has(word) && !/^\d{1,2}$/.test(word));
  const capitals = part.filter(({ isCapital }) => isCapital).length;
  const isWritten = capitals > 0 && (capitals > 1 || !part[0]!.isFirst || !part[0]!.isCapital);
  if (words.length === 1) {
    if (telling.length === 0 || key.length < 3) return false;
    return isWritten || (key.length >= 6 && SPOKEN_OF.test(text.slice(0, start)));
  }
  if (telling.length === 0)
    return capitals >= 2 && part.every(({ isCapital }, i) => isCapital || i > 0);
  if (SPOKEN_OF.test(text.slice(0, start))) return true;
  return isWritten || telling.length >= 2 || (telling.length === 1 && words.length >= 3);
}

/** Whether a name may be looked up with a mistake: rare words enough, and written as a title. */
function mayBeMistaken(part: readonly Token[], key: string): boolean {
  if (key.length < 7 || part.length > 6) return false;
  const telling = key.split(' ').filter((word) => word.length > 3 && !COMMON.has(word));
  if (telling.length === 0) return false;
  const first = part[0]!;
  return (
    first.isCapital && (!first.isFirst || part.filter(({ isCapital }) => isCapital).length > 1)
  );
}
