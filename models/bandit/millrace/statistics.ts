// Running statistics of items, users and groups: what lifts a click model most, at the price of sums.
//
// Values are measured in standard deviations of the log's own scale, so stars, watch ratios and purchases
// look alike. A residual is a value less what the other side (user or item) explains.

import type { Outcome } from '../../../schemas/topics/examples.ts';
import { grown, Ids } from '../../ids.ts';
import { squaresOf, squaresWith } from '../../moments.ts';
import { hash32, mix32 } from '../../random.ts';
import { within } from '../../reach.ts';
import { Exposure, type SavedExposure } from './exposure.ts';
import { UserLines } from './user-lines.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { imul, log1p, max, min, sqrt } = Math;

/** Columns of an item: shown, liked, residual of values, residual of likes, values, fading residual, first seen (ms). */
export const ITEM = {
  n: 0,
  liked: 1,
  residual: 2,
  likes: 3,
  value: 4,
  fading: 5,
  first: 6,
} as const;
/** Number of values in a row of `item`. */
export const ITEM_WIDTH = 7;
/** Number of columns of a hashed user: shown, residual of values, liked. */
export const USER_WIDTH = 3;
/** Number of columns of a hashed user × group: shown, residual of values. */
export const PAIR_WIDTH = 2;
const USER_ROWS = 1 << 15;
const PAIR_ROWS = 1 << 16;
/** Number of pseudo-observations of a residual mean. */
const SHRINK = 5;
const FADE = 0.05;

export class Statistics {
  readonly items: Ids;
  readonly groups: Ids;
  item: Float64Array;
  /** For each group: times shown, residual. */
  group: Float64Array;
  /** Rows of users by hash, so that memory stays bounded however many users come. */
  readonly user: Float32Array;
  readonly pair: Float32Array;
  /**
   * Totals: shown, sum of values, Σ (value − mean)², liked; the least and the most of the values; 1, which
   * tells them from those of before, whose third is Σ value² and which end here.
   */
  readonly total: Float64Array;
  readonly exposure: Exposure;
  readonly lines = new UserLines();

  constructor(saved?: SavedStatistics) {
    this.items = new Ids(saved?.items);
    this.groups = new Ids(saved?.groups);
    this.item = saved?.item ?? new Float64Array(0);
    this.group = saved?.group ?? new Float64Array(0);
    this.user = new Float32Array(USER_ROWS * USER_WIDTH);
    this.pair = new Float32Array(PAIR_ROWS * PAIR_WIDTH);
    this.total = totalsOf(saved?.total);
    this.exposure = new Exposure(saved?.exposure);
  }

  get mean(): number {
    return this.total[0]! > 0 ? this.total[1]! / this.total[0]! : 0;
  }

  /** Whether there are enough values to know their standard deviation. */
  get settled(): boolean {
    return this.total[0]! >= 6;
  }

  /** Standard deviation of the values; 1 until there are enough of them. */
  get std(): number {
    if (!this.settled) return 1;
    const variance = this.total[2]! / this.total[0]!;
    return variance > 1e-6 ? sqrt(variance) : 1;
  }

  /** The least value so far (`most` gives the greatest); 0 before any. */
  get least(): number {
    return this.total[4]!;
  }

  get most(): number {
    return this.total[5]!;
  }

  /** Share of likes, with one pseudo-like of two. */
  get rate(): number {
    return (this.total[3]! + 1) / (this.total[0]! + 2);
  }

  /** A column of an item; 0 for an item never seen. */
  itemColumn(item: number, column: number): number {
    return item < 0 ? 0 : this.item[item * ITEM_WIDTH + column]!;
  }

  /** Mean residual of a hashed user, shrunk. */
  userResidual(hash: number): number {
    const base = userBase(hash);
    return this.user[base + 1]! / (this.user[base]! + SHRINK);
  }

  /** Mean residual of a user in a group, with `prior` pseudo-observations. */
  pairResidual(user: number, group: number, prior: number): number {
    const base = pairBase(user, group);
    return this.pair[base + 1]! / (this.pair[base]! + prior);
  }

  groupResidual(name: string): number {
    const group = this.groups.find(name);
    return group < 0 ? 0 : this.group[group * 2 + 1]! / (this.group[group * 2]! + 20);
  }

  /** Learns a logged slate. Call it after predicting, so that no prediction knows its outcome. */
  learn(userId: string, at: number, outcomes: readonly Outcome[]): void {
    const { mean, std, rate } = this;
    const user = hash32(userId);
    const base = userBase(user);
    const shown = { user, at, size: outcomes.length };
    for (const { itemId, groups, positive, reward: given } of outcomes) {
      const reward = within(this, given);
      const item = this.items.add(itemId);
      this.item = grown(this.item, (item + 1) * ITEM_WIDTH);
      const row = item * ITEM_WIDTH;
      if (this.item[row + ITEM.n] === 0) this.item[row + ITEM.first] = at;
      const value = (reward - mean) / std;
      const ofUser = this.userResidual(user);
      const ofItem = this.item[row + ITEM.residual]! / (this.item[row + ITEM.n]! + SHRINK);
      const expected = (this.user[base + 2]! + SHRINK * rate) / (this.user[base]! + SHRINK);
      const liked = positive ? 1 : 0;
      this.exposure.learn(shown, item, liked, rate);
      const count = log1p(this.item[row + ITEM.n]!) / 5;
      this.lines.learn(user, ofItem, count, this.item[row + ITEM.fading]!, value);
      for (const name of groups)
        this.#learnGroup(user, name, value - ofUser, value - ofUser - ofItem);
      this.item[row + ITEM.residual]! += value - ofUser;
      this.item[row + ITEM.likes]! += liked - expected;
      this.item[row + ITEM.fading]! += FADE * (value - ofUser - this.item[row + ITEM.fading]!);
      this.item[row + ITEM.value]! += value;
      this.item[row + ITEM.liked]! += liked;
      this.item[row + ITEM.n]! += 1;
      this.user[base]! += 1;
      this.user[base + 1]! += value - ofItem;
      this.user[base + 2]! += liked;
      const isFirst = this.total[0] === 0;
      this.total[4] = isFirst ? reward : min(this.total[4]!, reward);
      this.total[5] = isFirst ? reward : max(this.total[5]!, reward);
      this.total[2] = squaresWith(this.total[0]!, this.total[1]!, this.total[2]!, reward);
      this.total[0]! += 1;
      this.total[1]! += reward;
      this.total[3]! += liked;
    }
  }

  #learnGroup(user: number, name: string, lessUser: number, lessBoth: number): void {
    const group = this.groups.add(name);
    this.group = grown(this.group, (group + 1) * 2);
    this.group[group * 2]! += 1;
    this.group[group * 2 + 1]! += lessUser;
    const base = pairBase(user, hash32(name));
    this.pair[base]! += 1;
    this.pair[base + 1]! += lessBoth;
  }
}

function totalsOf(saved: Float64Array = Float64Array.of(0, 0, 0, 0, 0, 0, 1)): Float64Array {
  if (saved.length === 7) return saved;
  const [n, sum, squares, liked, least, most] = saved as unknown as number[];
  return Float64Array.of(n!, sum!, squaresOf(n!, sum!, squares!), liked!, least!, most!, 1);
}

/** Everything but the hashed tables, which start empty. */
export interface SavedStatistics {
  items: readonly string[];
  groups: readonly string[];
  item: Float64Array;
  group: Float64Array;
  total: Float64Array;
  exposure: SavedExposure;
}

const userBase = (hash: number) => (mix32(hash) & (USER_ROWS - 1)) * USER_WIDTH;
const pairBase = (user: number, group: number) =>
  (mix32(user ^ imul(group, 0x9e3779b1)) & (PAIR_ROWS - 1)) * PAIR_WIDTH;
