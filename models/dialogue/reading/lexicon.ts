// What may be named in a catalogue: items by their titles, groups by their names and by what people say.
import { keyOf, keyWords, Titles } from '../titles.ts';
import { attributeWords } from './attribute-words.ts';

export interface LexiconItem {
  readonly itemId: string;
  readonly title: string;
  readonly groups: readonly string[];
}

export class Lexicon {
  readonly titles = new Titles();
  /** Groups by the key of a word for them. */
  readonly #groups = new Map<string, string>();
  readonly #known = new Set<string>();
  /** Largest number of words of a name of a group. */
  longestGroup = 1;

  /** @param weight how often the item is meant, beside others of its name */
  add({ itemId, title, groups }: LexiconItem, weight = 0): void {
    this.titles.add(itemId, title, weight);
    for (const group of groups) {
      if (this.#known.has(group)) continue;
      this.#known.add(group);
      this.#name(group, group);
      for (const [of, word] of attributeWords) if (of === group) this.#name(word, group);
    }
  }

  /** The group that words stand for. */
  groupOf(key: string): string | undefined {
    return this.#groups.get(key);
  }

  #name(word: string, group: string): void {
    const words = keyWords(word);
    if (words.length === 0) return;
    this.longestGroup = Math.max(this.longestGroup, words.length);
    const key = keyOf(word);
    if (!this.#groups.has(key)) this.#groups.set(key, group);
  }
}
