// What is known of items before any dialogue: names, years, groups, and who liked what with what.
import { Ids } from '../../ids.ts';
import { square } from '../../power.ts';
import { keyWords, titleOf } from '../titles.ts';

export interface ItemKnowledge {
  readonly itemId: string;
  readonly title: string;
  readonly groups: readonly string[];
}

const { sqrt, log } = Math;

/** Least weight of an item's neighbours by likes, which tempers items with few of them. */
const SHRINK = 10;

export class Knowledge {
  readonly items = new Ids();
  readonly groups = new Ids();
  /** By item: indices of its groups. */
  readonly groupsOf: number[][] = [];
  /** By item: year; NaN if the title names none. */
  readonly years: number[] = [];
  /** By item: words of its title. */
  readonly words: string[][] = [];
  /** By item: number of users who liked it. */
  readonly likes: number[] = [];
  readonly #users: number[][] = [];
  readonly #likedBy: number[][] = [];
  readonly #near = new Map<number, readonly (readonly [number, number])[]>();
  #byTitle: { byWord: Map<string, number[]>; norms: number[] } | undefined;

  /** Adds an item, or gives the groups of one that had none. @returns its index */
  add({ itemId, title, groups }: ItemKnowledge): number {
    const item = this.items.add(itemId);
    if (item === this.groupsOf.length) {
      const { names, year } = titleOf(title);
      this.groupsOf.push([]);
      this.years.push(year ?? Number.NaN);
      this.words.push(keyWords(names[0]!));
      this.likes.push(0);
      this.#likedBy.push([]);
      this.#byTitle = undefined;
    }
    if (this.groupsOf[item]!.length === 0) {
      this.groupsOf[item] = groups.map((group) => this.groups.add(group));
    }
    return item;
  }

  /** Learns what a user liked, by item. */
  likedTogether(items: readonly number[]): void {
    const user = this.#users.push([...items]) - 1;
    for (const item of items) {
      this.likes[item]! += 1;
      this.#likedBy[item]!.push(user);
    }
  }

  /**
   * Items liked by the users who liked this one: cosine of likes, each user weighing less the more
   * they liked, shrunk where likes are few.
   */
  near(item: number): readonly (readonly [item: number, similarity: number])[] {
    const known = this.#near.get(item);
    if (known) return known;
    const sums = new Map<number, number>();
    for (const user of this.#likedBy[item]!) {
      const liked = this.#users[user]!;
      const weight = 1 / log(5 + liked.length);
      for (const other of liked) sums.set(other, (sums.get(other) ?? 0) + weight);
    }
    sums.delete(item);
    const own = sqrt(this.likes[item]! + SHRINK);
    const near = [...sums].map(
      ([other, sum]) => [other, sum / (own * sqrt(this.likes[other]! + SHRINK))] as const,
    );
    this.#near.set(item, near);
    return near;
  }

  /** How rare a word is in titles, ln(items / items with it). */
  rareness(word: string): number {
    const { length } = this.withWord(word);
    return length === 0 ? 0 : log(this.items.size / length);
  }

  /** Items whose title has a word. */
  withWord(word: string): readonly number[] {
    return this.#titles().byWord.get(word) ?? [];
  }

  /** Length of a title as a vector of rare words. */
  titleNorm(item: number): number {
    return this.#titles().norms[item]!;
  }

  #titles() {
    if (this.#byTitle) return this.#byTitle;
    const byWord = new Map<string, number[]>();
    for (const [item, words] of this.words.entries()) {
      for (const word of new Set(words)) {
        const known = byWord.get(word);
        if (known) known.push(item);
        else byWord.set(word, [item]);
      }
    }
    const squared = (word: string) => square(log(this.items.size / byWord.get(word)!.length));
    const norms = this.words.map(
      (words) => sqrt([...new Set(words)].reduce((sum, word) => sum + squared(word), 0)) || 1,
    );
    this.#byTitle = { byWord, norms };
    return this.#byTitle;
  }
}
