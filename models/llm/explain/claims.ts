// Checks a text against the facts, sentence by sentence. What can be checked by its form is: titles,
// other names, groups, numbers, and words that claim what the record does not tell (who directed it,
// what it won). A sentence with a false claim is taken out whole: half of one is no sentence. A
// sentence that names no fact at all tells nothing and is left out too.
//
// Not seen: a false sense made of true names ("unlike Heat, which you liked"), and names in lower case.
import { hasOpenLetter, isTelling, SPACED, spacedWords } from '../../text/boundary.ts';
import { hasWords, wholeWords } from '../../text/words.ts';
import { cleanText } from '../clean.ts';
import type { Cited } from './drafts.ts';
import type { ExplanationFacts } from './explanation-facts.ts';

export const claimKinds = ['title', 'name', 'group', 'number', 'relation'] as const;

/**
 * Kind of a false claim. `title`: in quotation marks, of no known item; `relation`: of a kind that
 * the record does not hold.
 */
export type ClaimKind = (typeof claimKinds)[number];

export interface Claim {
  readonly kind: ClaimKind;
  readonly words: string;
}

export interface Checked extends Cited {
  /** The text that is left, its sentences joined by a space; may be empty. */
  readonly text: string;
  /** The false claims, one or more for each sentence taken out. */
  readonly removed: readonly Claim[];
  /** Number of sentences left out because they name no fact, or repeat one. */
  readonly empty: number;
}

const MOST_CHARACTERS = 800;
/**
 * First of the private-use characters that stand for titles while the rest of a text is looked at.
 */
const MARKS = 0xe000;
const MARK = /[\ue000-\uf8ff]/g;

/**
 * @param vocabulary every group of the catalogue: one that the item and the user's likes do not have
 *   is a false claim
 */
export function checkClaims(
  text: string,
  facts: ExplanationFacts,
  vocabulary: readonly string[] = [],
): Checked {
  const titles = titlesOf(facts);
  const known = knownWordsOf(facts);
  const foreign = vocabulary.filter((group) => !known.groups.has(group));
  const kept: string[] = [];
  const removed: Claim[] = [];
  const seen = new Set<string>();
  const cited = {
    items: new Set<string>(),
    groups: new Set<string>(),
    attributes: new Set<string>(),
  };
  let empty = 0;
  for (const sentence of sentencesOf(marked(cleanText(text, MOST_CHARACTERS), titles))) {
    const items = [...sentence.matchAll(MARK)].map(
      ([mark]) => titles[mark.codePointAt(0)! - MARKS]!,
    );
    const titled = items.some(({ itemId }) => itemId !== facts.itemId);
    const claims = falseClaims(sentence, known, foreign, titled);
    const groups = [...known.groups].filter((group) => names(sentence, group));
    const attributes = facts.attributes.filter((one) => hasWords(sentence, attributeValue(one)));
    const facted = items.length + groups.length + attributes.length > 0;
    if (claims.length > 0) removed.push(...claims);
    else if (!facted || seen.has(sentence.toLowerCase())) empty++;
    else {
      seen.add(sentence.toLowerCase());
      kept.push(sentence.replace(MARK, (mark) => titles[mark.codePointAt(0)! - MARKS]!.written));
      for (const { itemId } of items) if (itemId !== facts.itemId) cited.items.add(itemId);
      for (const group of groups) cited.groups.add(group);
      for (const attribute of attributes) cited.attributes.add(attribute);
    }
  }
  return {
    text: kept.join(' '),
    citedItems: [...cited.items],
    citedGroups: [...cited.groups],
    citedAttributes: [...cited.attributes],
    removed,
    empty,
  };
}

interface KnownTitle {
  readonly itemId: string;
  /** One way the title may be written. */
  readonly written: string;
}

interface KnownWords {
  readonly groups: ReadonlySet<string>;
  /** The facts of the item itself, which a sentence on the item may name. */
  readonly own: { readonly groups: ReadonlySet<string>; readonly numbers: ReadonlySet<string> };
  /** Words of titles, groups and attributes, in lower case. */
  readonly words: ReadonlySet<string>;
  /** All of them as one text, in which the words of scripts without spaces are looked for. */
  readonly text: string;
  /** Runs of digits in titles, groups and attributes. */
  readonly numbers: ReadonlySet<string>;
}

const attributeValue = (attribute: string) => attribute.slice(attribute.indexOf('=') + 1);

/** The titles in each way they may be written, longest first. */
function titlesOf({ itemId, title, liked }: ExplanationFacts): KnownTitle[] {
  return [{ itemId, title }, ...liked]
    .flatMap((one) => {
      const bare = one.title.replace(/ \(.*\)$/u, '');
      // A bare title of a few letters ("It") is any word.
      const ways = isTelling(bare) ? [one.title, bare] : [one.title];
      return [...new Set(ways)].map((written) => ({ itemId: one.itemId, written }));
    })
    .sort((a, b) => b.written.length - a.written.length);
}

function knownWordsOf({ title, groups, attributes, liked }: ExplanationFacts): KnownWords {
  const all = [
    title,
    ...groups,
    ...attributes.map(attributeValue),
    ...liked.flatMap((one) => [one.title, ...one.groups]),
  ];
  const texts = all.join(' ');
  const own = [title, ...groups, ...attributes.map(attributeValue)].join(' ');
  return {
    own: { groups: new Set(groups), numbers: new Set(own.match(/\d+/g) ?? []) },
    groups: new Set([...groups, ...liked.flatMap((one) => one.groups)]),
    words: new Set(texts.toLowerCase().match(/[\p{L}\p{N}'’-]+/gu) ?? []),
    text: texts.toLowerCase(),
    numbers: new Set(texts.match(/\d+/g) ?? []),
  };
}

/**
 * The text with known titles replaced by marks; a pair of quotation marks around a title goes with
 * it.
 */
function marked(text: string, titles: readonly KnownTitle[]): string {
  let out = text;
  for (const [i, { written }] of titles.entries()) {
    const whole = new RegExp(`["“*「『《〈]?${wholeWords(written)}["”*」』》〉]?`, 'gu');
    out = out.replace(whole, String.fromCodePoint(MARKS + i));
  }
  return out;
}

/**
 * The sentences of a text; a full stop ends one if white space or the end of the text follows, a
 * wide one always.
 */
function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?]["”)]?)\s+|(?<=[。！？｡][」』”）]?)(?![」』”）])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

const COUNTS: Readonly<Record<string, number>> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
};

/** Matches words on what the user liked. */
const LIKED =
  /\b(?:you(?:['’]ve| have)? (?:liked|loved|enjoyed)|your)\b|[你您](?:们|們)?(?:所)?(?:喜欢|喜歡|喜爱|喜愛|爱看|愛看|看过|看過|的)|あなた|お好み|お気に入り|好きな/iu;

const RELATIONS =
  /\b(?:direct(?:ed|or|s|ing)|starr(?:ing|ed)|stars|actors?|actress(?:es)?|cast|written by|produced|won|win(?:s|ner|ning)|award\S*|oscars?|nominat\S*|based on|sequel|prequel|remake|rat(?:ed|ing|ings)|reviews?|critics?|box office|best-?sell\S*|price[ds]?|cheap\S*|brand\S*|soundtrack)\b|导演|導演|执导|執導|主演|演员|演員|编剧|編劇|获奖|獲獎|奥斯卡|奧斯卡|提名|改编|改編|续集|續集|前传|前傳|翻拍|评分|評分|影评|影評|票房|畅销|暢銷|价格|價格|便宜|品牌|原声|原聲|監督|出演|俳優|脚本|受賞|アカデミー賞|原作|続編|評価|レビュー|興行|ベストセラー|価格|ブランド/giu;

/** @param titled whether the sentence names a liked item */
function falseClaims(
  sentence: string,
  known: KnownWords,
  foreign: readonly string[],
  titled: boolean,
): Claim[] {
  const claims: Claim[] = [];
  const add = (kind: ClaimKind, words: string) => void claims.push({ kind, words });
  // Quotation marks name a title; what is left between them is of no known item.
  const rest = sentence.replace(
    /["“「『《〈]([^"“”「」『』《》〈〉]{2,})["”」』》〉]/gu,
    (_, words: string) => {
      if (!isKnown(words, known)) add('title', words);
      return ' ';
    },
  );
  for (const [words] of rest.matchAll(RELATIONS)) {
    if (!isKnown(words, known)) add('relation', words);
  }
  // What only the liked items have is theirs: it may be said where the sentence speaks of them.
  const ofLikes = LIKED.test(rest) || titled;
  const others = ofLikes ? [] : [...known.groups].filter((group) => !known.own.groups.has(group));
  for (const group of [...foreign, ...others]) if (names(rest, group)) add('group', group);
  const numbers = ofLikes ? known.numbers : known.own.numbers;
  for (const [digits] of rest.matchAll(/\d+/g)) if (!numbers.has(digits)) add('number', digits);
  const marks = rest.match(MARK)?.length ?? 0;
  for (const [word] of rest.matchAll(/\p{L}+/gu)) {
    const count = COUNTS[word.toLowerCase()];
    // "the two movies", where two are named, counts what stands there.
    if (count !== undefined && count !== marks && !numbers.has(String(count))) {
      add('number', word);
    }
  }
  for (const run of namesIn(rest)) if (!isKnown(run, known)) add('name', run);
  return claims;
}

const CAPITALS = (() => {
  const word = `\\p{Lu}(?:${SPACED}|['’.-])*`;
  return new RegExp(`${word}(?:\\s+${word})*`, 'gu');
})();

/** Runs of words with a capital, without the first word of the sentence, which has one anyway. */
function namesIn(sentence: string): string[] {
  const found: string[] = [];
  for (const { 0: words, index } of sentence.matchAll(CAPITALS)) {
    const parts = words.split(/\s+/);
    const starts = !/[\p{L}\p{N}\ue000-\uf8ff]/u.test(sentence.slice(0, index));
    const own = (starts ? parts.slice(1) : parts).filter(
      (part) => !/^I(?:['’]\p{L}+)?$/u.test(part),
    );
    if (own.length > 0) found.push(own.join(' ').replace(/\.$/, ''));
  }
  return found;
}

function isKnown(words: string, known: KnownWords): boolean {
  const parts = words.toLowerCase().match(/[\p{L}\p{N}'’-]+/gu) ?? [];
  return parts.every(
    (part) =>
      known.words.has(part) ||
      known.words.has(part.replace(/['’]s$/u, '')) ||
      (hasOpenLetter(part) && known.text.includes(part)),
  );
}

/**
 * Whether a text speaks of a group: a name of one word by its first five letters (animated, dramatic),
 * a shorter one or one of several words as it stands.
 */
function names(text: string, group: string): boolean {
  const plain = group.toLowerCase();
  if (!/^\p{L}{5,}$/u.test(plain) || hasOpenLetter(plain)) return hasWords(text, group);
  const stem = plain.slice(0, 5);
  return spacedWords(text.toLowerCase()).some((word) => word.startsWith(stem));
}
