// Texts of items as columns of scores: how alike an item's text is to those of a history.
//
// TF-IDF (Salton & Buckley 1988): a word of a text weighs (1 + ln times) · ln(items / items with the word),
// and a text has length 1.
import { Heap } from '../../retrieval/heap.ts';
import type { Sequence } from './pairs.ts';

export interface ItemText {
  readonly title: string;
  readonly description: string;
  readonly brand: string;
}

/** Number of items of like text that stand for one. */
const ALIKE = 20;
/** Number of words of a description that are read. */
const WORDS = 80;
/** How much a word of the title or the brand counts, where one of the description counts 1. */
const TITLE = 3;

export class TextVectors {
  readonly #vectors: [word: number, weight: number][][];
  /** Items and weights by word. */
  readonly #postings: [item: number, weight: number][][] = [];

  constructor(texts: readonly ItemText[]) {
    const ids = new Map<string, number>();
    const counts = texts.map((text) => countsOf(text, ids));
    const holders = new Float64Array(ids.size);
    for (const own of counts) for (const word of own.keys()) holders[word]! += 1;
    this.#vectors = counts.map((own) => {
      const weights = [...own].map(([word, times]): [number, number] => {
        return [word, (1 + Math.log(times)) * Math.log(texts.length / holders[word]!)];
      });
      const length = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight * weight, 0));
      return length === 0 ? [] : weights.map(([word, weight]) => [word, weight / length]);
    });
    for (let word = 0; word < ids.size; word++) this.#postings.push([]);
    for (const [item, vector] of this.#vectors.entries()) {
      for (const [word, weight] of vector) this.#postings[word]!.push([item, weight]);
    }
  }

  /** Adds to a column the cosine of each item's text with those of a history. */
  fill(column: Float64Array, history: Sequence, keep: number, most = 10): void {
    const wanted = new Map<number, number>();
    let weight = 1;
    const from = Math.max(0, history.length - most);
    for (let i = history.length - 1; i >= from; i--, weight *= keep) {
      for (const [word, share] of this.#vectors[history[i]!]!) {
        wanted.set(word, (wanted.get(word) ?? 0) + weight * share);
      }
    }
    for (const [word, want] of wanted) {
      for (const [item, share] of this.#postings[word]!) column[item]! += want * share;
    }
  }

  /** For every item, those whose texts are most like it, itself left out, with the cosines. */
  neighbours(n: number): { row: number; score: number }[][] {
    const column = new Float64Array(this.#vectors.length);
    const best = new Heap();
    return this.#vectors.map((_, item) => {
      this.fill(column.fill(0), [item], 1);
      for (const [other, cosine] of column.entries()) {
        if (other !== item && cosine > 0) best.offer(cosine, other, n);
      }
      return best.drain();
    });
  }
}

/** What is known of the items by their texts, made once. */
export class ItemTexts {
  readonly vectors: TextVectors;
  /** For each item, the items of like text. */
  readonly alike: readonly (readonly { readonly row: number; readonly score: number }[])[];
  readonly brandOf: readonly string[];
  readonly ofBrand = new Map<string, number[]>();

  constructor(texts: readonly ItemText[]) {
    this.vectors = new TextVectors(texts);
    this.alike = this.vectors.neighbours(ALIKE);
    this.brandOf = texts.map(({ brand }) => brand);
    for (const [item, brand] of this.brandOf.entries()) {
      if (brand === '') continue;
      const own = this.ofBrand.get(brand);
      if (own) own.push(item);
      else this.ofBrand.set(brand, [item]);
    }
  }
}

function countsOf({ title, description, brand }: ItemText, ids: Map<string, number>) {
  const counts = new Map<number, number>();
  const add = (text: string, times: number, most: number) => {
    const words = text.toLowerCase().match(/[a-z]{2,}|\d+(?:[./]\d+)*/g) ?? [];
    for (const word of words.slice(0, most)) {
      const id = ids.get(word) ?? ids.size;
      ids.set(word, id);
      counts.set(id, (counts.get(id) ?? 0) + times);
    }
  };
  add(`${title} ${brand}`, TITLE, Number.POSITIVE_INFINITY);
  add(description, 1, WORDS);
  return counts;
}
