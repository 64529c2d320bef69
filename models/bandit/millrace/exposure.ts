// How often items and users were clicked, against what slates of their size let one expect.
//
// A click among three items says less of an item than one among thirty. So clicks are held against
// expected clicks: for each time shown, the rate of all slates about as long. Both also fade, as
// does the number of times shown, which tells what is new, rising or over.
import { grown } from '../../ids.ts';
import { mix32 } from '../../random.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, floor, LN2, log, log1p, log2, max, min } = Math;

/** Names of the features, in order. */
export const EXPOSURE_FEATURES = [
  'slate size',
  'slate size, squared',
  'item clicks / expected, shrunk',
  'item clicks / expected, half-hour',
  'item clicks',
  'item shown, half-hour',
  'item shown, 2 hours',
  'item shown, 8 hours',
  'item shown, 32 hours',
  'item age in hours',
  'user clicks / expected',
  'item clicks / expected, against the slate',
  'item clicks / expected × count',
  'slate count',
] as const;
/**
 * Columns of the features that all items of a slate share, and of those that depend on the other
 * items.
 */
const USER_COLUMNS = 2;
const USER_CLICKS = 10;
const AGAINST_SLATE = 11;
const SLATE_COUNT = 13;

/** The longest half-life, ms; each of the others is a quarter of the next longer one. */
const HALF_LIFE = 32 * 3.6e6;
/**
 * Columns of an item: clicks, expected clicks, both again over half an hour, times shown over each
 * horizon, time of the last fading (ms).
 */
const COLUMN = { clicks: 0, expected: 1, clicksLately: 2, expectedLately: 3, shown: 4, last: 8 };
export const EXPOSURE_WIDTH = 9;
/** Number of columns of a hashed user: clicks, expected clicks. */
export const EXPOSED_USER_WIDTH = 2;
const USER_ROWS = 1 << 15;
/** Number of pseudo-clicks, with as many expected. */
const PRIOR = 4;
const SIZES = 32;

export interface SavedExposure {
  item: Float64Array;
  size: Float64Array;
}

export class Exposure {
  item: Float64Array;
  readonly user = new Float32Array(USER_ROWS * EXPOSED_USER_WIDTH);
  /** For each size of a slate, in half powers of two: items shown, clicks. */
  readonly size: Float64Array;

  constructor(saved?: SavedExposure) {
    this.item = saved?.item ?? new Float64Array(0);
    this.size = saved?.size ?? new Float64Array(SIZES * 2);
  }

  /**
   * Mean number of clicks on an item of a slate of this size.
   * @param rate rate of all items, which counts as 20 observations
   */
  expected(size: number, rate: number): number {
    const at = bucketOf(size);
    return (this.size[at + 1]! + 20 * rate) / (this.size[at]! + 20);
  }

  /**
   * Fills the features of one item that was shown before into `x` from `from` on; those of an item
   * never shown are 0. `fillSlate` does the rest. `logCount`: ln(1 + times shown); `first`: when first, ms.
   */
  fill(x: Float64Array, from: number, item: number, logCount: number, at: number, first: number) {
    const row = item * EXPOSURE_WIDTH;
    const columns = this.item;
    const hours32 = fadeOf(at - columns[row + COLUMN.last]!);
    const hours8 = quarter(hours32);
    const hours2 = quarter(hours8);
    const halfHour = quarter(hours2);
    const shown = row + COLUMN.shown;
    const ratio = this.#ratio(row, 1, PRIOR);
    const count = logCount / 3;
    let i = from + USER_COLUMNS;
    x[i++] = this.#ratio(row, 1, 4 * PRIOR);
    x[i++] = this.#ratio(row + COLUMN.clicksLately, halfHour, PRIOR);
    x[i++] = log1p(columns[row]!) / 3;
    x[i++] = log1p(columns[shown]! * halfHour) / 3;
    x[i++] = log1p(columns[shown + 1]! * hours2) / 3;
    x[i++] = log1p(columns[shown + 2]! * hours8) / 3;
    x[i++] = log1p(columns[shown + 3]! * hours32) / 3;
    x[i++] = log1p(max(0, at - first) / 3.6e6) / 3;
    i++;
    x[i++] = ratio;
    x[i++] = ratio * count;
    x[i++] = count;
  }

  /** Logarithm of a hashed user's clicks over those expected. */
  userRatio(user: number): number {
    const ofUser = userBase(user);
    return log((this.user[ofUser]! + 1) / (this.user[ofUser + 1]! + 1));
  }

  /**
   * What all items of a slate share, and what depends on the others: an item's ratio against their
   * mean, and their mean count. `x`: rows of `width`, in each the features from `from` on.
   */
  fillSlate(x: Float64Array, from: number, width: number, { clicks, size }: OfSlate): void {
    const length = log(max(1, size)) - 3;
    let share = 0;
    let count = 0;
    for (let at = from; at < x.length; at += width) {
      x[at] = length;
      x[at + 1] = length * length;
      x[at + USER_CLICKS] = clicks;
      share += exp(x[at + AGAINST_SLATE]!);
      count += x[at + SLATE_COUNT]!;
    }
    const rows = x.length / width;
    const mean = log(share / rows);
    for (let at = from; at < x.length; at += width) {
      x[at + AGAINST_SLATE]! -= mean;
      x[at + SLATE_COUNT] = count / rows;
    }
  }

  /** Learns the outcome of one item of a logged slate. */
  learn({ user, at, size }: Shown, item: number, liked: 0 | 1, rate: number): void {
    this.item = grown(this.item, (item + 1) * EXPOSURE_WIDTH);
    const row = item * EXPOSURE_WIDTH;
    const expected = this.expected(size, rate);
    const hours32 = fadeOf(at - this.item[row + COLUMN.last]!);
    const hours8 = quarter(hours32);
    const hours2 = quarter(hours8);
    const halfHour = quarter(hours2);
    this.item[row + COLUMN.clicksLately]! *= halfHour;
    this.item[row + COLUMN.expectedLately]! *= halfHour;
    this.item[row]! += liked;
    this.item[row + COLUMN.expected]! += expected;
    this.item[row + COLUMN.clicksLately]! += liked;
    this.item[row + COLUMN.expectedLately]! += expected;
    const shown = row + COLUMN.shown;
    this.item[shown] = this.item[shown]! * halfHour + 1;
    this.item[shown + 1] = this.item[shown + 1]! * hours2 + 1;
    this.item[shown + 2] = this.item[shown + 2]! * hours8 + 1;
    this.item[shown + 3] = this.item[shown + 3]! * hours32 + 1;
    this.item[row + COLUMN.last] = max(at, this.item[row + COLUMN.last]!);
    const ofUser = userBase(user);
    this.user[ofUser]! += liked;
    this.user[ofUser + 1]! += expected;
    const bucket = bucketOf(size);
    this.size[bucket]! += 1;
    this.size[bucket + 1]! += liked;
  }

  /** Logarithm of clicks over expected clicks, both times `fade`, with pseudo-clicks. */
  #ratio(at: number, fade: number, prior: number): number {
    return log((this.item[at]! * fade + prior) / (this.item[at + 1]! * fade + prior));
  }
}

/** What is common to a slate that was shown: the user, the time, the number of items. */
export interface Shown {
  /** Hash of the user's id. */
  readonly user: number;
  readonly at: number;
  readonly size: number;
}

/** What the features of a slate's items have in common. */
export interface OfSlate {
  /** Logarithm of the user's clicks over those expected, as `userRatio` gives it. */
  readonly clicks: number;
  /** Number of items in the slate. */
  readonly size: number;
}

const bucketOf = (size: number) => min(SIZES - 1, floor(2 * log2(max(1, size)))) * 2;
const userBase = (hash: number) => (mix32(hash) & (USER_ROWS - 1)) * EXPOSED_USER_WIDTH;

/** Share that the longest half-life keeps after `passed` ms; time never runs backwards. */
const fadeOf = (passed: number) => exp((-LN2 * max(0, passed)) / HALF_LIFE);

/** Share that a quarter of the half-life keeps. */
function quarter(fade: number): number {
  const half = fade * fade;
  return half * half;
}
