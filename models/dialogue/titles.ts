// Titles as people write them: one key for all spellings of a name, and a catalogue looked up by it.
import { distanceWithin } from './distance.ts';

/** A title taken apart. */
export interface Title {
  /** The name and what else it is known by, such as the original title, articles in front. */
  readonly names: readonly string[];
  readonly year: number | undefined;
}

const YEAR = /\s*\((\d{4})(?:[–-]\d{0,4})?\)\s*$/;
const ALIAS = /\s*\(([^()]*)\)\s*/g;
const KNOWN_AS = /^a\.?k\.?a\.?\s+/i;
const ARTICLE =
  /^(.*), (the|a|an|la|le|les|l'|il|lo|gli|i|el|los|las|der|die|das|den|det|de|het|o|os|as|un|une|una|ein|eine)$/i;

/** Takes a title such as `City of Lost Children, The (Cité des enfants perdus, La) (1995)` apart. */
export function titleOf(text: string): Title {
  const plain = text.replace(/\s+/g, ' ').trim();
  const year = YEAR.exec(plain)?.[1];
  const rest = plain.replace(YEAR, '');
  const aliases = [...rest.matchAll(ALIAS)].map(([, alias = '']) => alias.replace(KNOWN_AS, ''));
  const names = [rest.replace(ALIAS, ' '), ...aliases.flatMap((alias) => alias.split(' / '))]
    .map((name) => articleFirst(name.trim()))
    .filter((name) => name !== '');
  return { names: names.length > 0 ? names : [plain], year: year ? Number(year) : undefined };
}

function articleFirst(name: string): string {
  const found = ARTICLE.exec(name);
  if (!found) return name;
  const [, rest = '', article = ''] = found;
  return article.endsWith("'") ? `${article}${rest}` : `${article} ${rest}`;
}

/** A title as it is read aloud: its first name, articles in front, with the year if there is one. */
export function spokenTitle(text: string): string {
  const { names, year } = titleOf(text);
  return year === undefined ? names[0]! : `${names[0]} (${year})`;
}

const DIGITS: Readonly<Record<string, string>> = {
  ...{ ii: '2', iii: '3', iv: '4', vi: '6', vii: '7', viii: '8', ix: '9' },
};

/**
 * Words of a name, the same for all its spellings: no marks, case, punctuation or leading article;
 * `&` is `and`, Roman numerals after the first word are digits. In any script.
 */
export function keyWords(name: string): string[] {
  const words =
    name
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/&/g, ' and ')
      .replace(/['’`´]/g, '')
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const spelled = words.map((word, i) => (i > 0 ? (DIGITS[word] ?? word) : word));
  return spelled.length > 1 && /^(?:the|a|an)$/.test(spelled[0]!) ? spelled.slice(1) : spelled;
}

export const keyOf = (name: string) => keyWords(name).join(' ');

/** How a name was linked. `near`: some letters differ. */
export type LinkKind = 'exact' | 'near';

export interface Link {
  readonly itemId: string;
  readonly kind: LinkKind;
}

interface Entry {
  readonly itemId: string;
  readonly year: number | undefined;
  readonly weight: number;
}

/** Years by which two catalogues may date a film apart. */
const APART = 1;
/** Fewest letters of a name that is looked up with a mistake in it; twice as many may have two. */
const FUZZY_FROM = 6;

/** A catalogue by names. */
export class Titles {
  readonly #byKey = new Map<string, Entry[]>();
  /** Keys by pairs of letters and length, for names with mistakes. */
  #near: Map<string, string[]> | undefined;
  /** Largest number of words of a name; of scripts without spaces, of letters. */
  longest = 0;

  /** @param weight how often the item is meant, beside others of its name */
  add(itemId: string, title: string, weight = 0): void {
    const { names, year } = titleOf(title);
    for (const name of names) {
      const words = keyWords(name);
      if (words.length === 0) continue;
      this.longest = Math.max(this.longest, spoken(words));
      const key = words.join(' ');
      const known = this.#byKey.get(key) ?? [];
      if (known.some((one) => one.itemId === itemId)) continue;
      known.push({ itemId, year, weight });
      known.sort((a, b) => b.weight - a.weight || (a.itemId < b.itemId ? -1 : 1));
      this.#byKey.set(key, known);
    }
    this.#near = undefined;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /**
   * The item of a key. With a year: the item of that year, or the nearest by a year; with one that
   * no item of the name has, none. Without: the one meant most often.
   */
  exact(key: string, year?: number): string | undefined {
    const entries = this.#byKey.get(key) ?? [];
    if (year === undefined) return entries[0]?.itemId;
    const near = entries
      .filter((one) => one.year === undefined || Math.abs(one.year - year) <= APART)
      .sort((a, b) => offBy(a, year) - offBy(b, year));
    return near[0]?.itemId;
  }

  /** Links a name. Exact spellings first, then those with a mistake or two. */
  link(name: string, year?: number): Link | undefined {
    const key = keyOf(name);
    const itemId = this.exact(key, year);
    if (itemId !== undefined) return { itemId, kind: 'exact' };
    const near = this.nearest(key);
    const found = near === undefined ? undefined : this.exact(near, year);
    return found === undefined ? undefined : { itemId: found, kind: 'near' };
  }

  /** The key that a key with a mistake in it stands for, if only one does. */
  nearest(key: string): string | undefined {
    if (key.length < FUZZY_FROM) return undefined;
    const most = key.length >= 2 * FUZZY_FROM ? 2 : 1;
    this.#near ??= this.#pairs();
    const tried = new Set<string>();
    let [best, distance, ties] = ['', most + 1, 0];
    for (const pair of pairsOf(key)) {
      for (const other of this.#near.get(pair) ?? []) {
        if (Math.abs(other.length - key.length) > most || tried.has(other)) continue;
        tried.add(other);
        // Numbers are never mistakes: Rocky 2 is not Rocky 3.
        if (digitsOf(other) !== digitsOf(key)) continue;
        const apart = distanceWithin(key, other, Math.min(most, distance));
        if (apart < distance) [best, distance, ties] = [other, apart, 1];
        else if (apart === distance && distance <= most) ties += 1;
      }
    }
    return ties === 1 ? best : undefined;
  }

  #pairs(): Map<string, string[]> {
    const near = new Map<string, string[]>();
    for (const key of this.#byKey.keys()) {
      if (key.length < FUZZY_FROM - 2) continue;
      for (const pair of pairsOf(key)) near.set(pair, [...(near.get(pair) ?? []), key]);
    }
    return near;
  }
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

const spoken = (words: readonly string[]) =>
  words.reduce((sum, word) => sum + (UNSPACED.test(word) ? word.length : 1), 0);

const digitsOf = (key: string) => key.replace(/\D+/g, ' ').trim();
const offBy = (entry: Entry, year: number) => Math.abs((entry.year ?? year + 0.5) - year);

/**
 * Three pieces of a key: one mistake, or two in a longer key, leave a piece as it is at the start or
 * at the end.
 */
function pairsOf(key: string): string[] {
  return [`^${key.slice(0, 4)}`, `${key.slice(-4)}$`];
}
