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
const AGAINST_SLATE = 11;
const SLATE_COUNT = 13;

/** Of the longest half-life; each of the others is a quarter of the next. */
const HALF_LIFE = 32 * 3.6e6;
const HORIZONS = 4;
/** Columns of an item: clicks, expected, both over half an hour, shown over each horizon, time of the last fading. */
const COLUMN = { clicks: 0, expected: 1, clicksLately: 2, expectedLately: 3, shown: 4, last: 8 };
export const EXPOSURE_WIDTH = 9;
/** Columns of a hashed user: clicks, expected. */
export const EXPOSED_USER_WIDTH = 2;
const USER_ROWS = 1 << 15;
/** Pseudo-clicks, as expected. */
const PRIOR = 4;
const SIZES = 32;

export interface SavedExposure {
  item: Float64Array;
  size: Float64Array;
}

export class Exposure {
  item: Float64Array;
  readonly user = new Float32Array(USER_ROWS * EXPOSED_USER_WIDTH);
  /** Per size of a slate, in half powers of two: shown, clicks. */
  readonly size: Float64Array;

  constructor(saved?: SavedExposure) {
    this.item = saved?.item ?? new Float64Array(0);
    this.size = saved?.size ?? new Float64Array(SIZES * 2);
  }

  /** Clicks an item of such a slate has on average; `rate` of all items, with 20 pseudo-observations. */
  expected(size: number, rate: number): number {
    const at = bucketOf(size);
    return (this.size[at + 1]! + 20 * rate) / (this.size[at]! + 20);
  }

  /**
   * Fills the features of one item into `x` from `from` on; those of the slate stay open until
   * `fillSlate`. `item`: index, −1 for one never seen; `n`: times shown; `first`: when first, ms.
   */
  fill(
    x: Float64Array,
    from: number,
    { user, at, size }: Shown,
    item: number,
    n: number,
    first: number,
  ): void {
    const row = n > 0 ? item * EXPOSURE_WIDTH : -1;
    const fades = row < 0 ? 0 : fadeOf(at - this.item[row + COLUMN.last]!);
    const ratio = row < 0 ? 0 : this.#ratio(row, 1, PRIOR);
    const clicks = row < 0 ? 0 : this.item[row]!;
    const ofUser = userBase(user);
    const length = log(max(1, size)) - 3;
    const count = log1p(n) / 3;
    let i = from;
    x[i++] = length;
    x[i++] = length * length;
    x[i++] = row < 0 ? 0 : this.#ratio(row, 1, 4 * PRIOR);
    x[i++] = row < 0 ? 0 : this.#ratio(row + COLUMN.clicksLately, quarters(fades, 0), PRIOR);
    x[i++] = log1p(clicks) / 3;
    for (let h = 0; h < HORIZONS; h++) {
      x[i++] = row < 0 ? 0 : log1p(this.item[row + COLUMN.shown + h]! * quarters(fades, h)) / 3;
    }
    x[i++] = n > 0 ? log1p(max(0, at - first) / 3.6e6) / 3 : 0;
    x[i++] = log((this.user[ofUser]! + 1) / (this.user[ofUser + 1]! + 1));
    x[i++] = ratio;
    x[i++] = ratio * count;
    x[i++] = count;
  }

  /** Takes in one item of a logged slate. */
  learn({ user, at, size }: Shown, item: number, liked: 0 | 1, rate: number): void {
    this.item = grown(this.item, (item + 1) * EXPOSURE_WIDTH);
    const row = item * EXPOSURE_WIDTH;
    const expected = this.expected(size, rate);
    const fades = fadeOf(at - this.item[row + COLUMN.last]!);
    for (const column of [COLUMN.clicksLately, COLUMN.expectedLately]) {
      this.item[row + column]! *= quarters(fades, 0);
    }
    this.item[row]! += liked;
    this.item[row + COLUMN.expected]! += expected;
    this.item[row + COLUMN.clicksLately]! += liked;
    this.item[row + COLUMN.expectedLately]! += expected;
    for (let h = 0; h < HORIZONS; h++) {
      const shown = row + COLUMN.shown + h;
      this.item[shown] = this.item[shown]! * quarters(fades, h) + 1;
    }
    this.item[row + COLUMN.last] = max(at, this.item[row + COLUMN.last]!);
    const ofUser = userBase(user);
    this.user[ofUser]! += liked;
    this.user[ofUser + 1]! += expected;
    const bucket = bucketOf(size);
    this.size[bucket]! += 1;
    this.size[bucket + 1]! += liked;
  }

  /** ln of clicks over expected, as they stand times `fade`, with pseudo-clicks. */
  #ratio(at: number, fade: number, prior: number): number {
    return log((this.item[at]! * fade + prior) / (this.item[at + 1]! * fade + prior));
  }
}

/** Who was shown a slate, when, and of how many items. */
export interface Shown {
  /** Hash of the user. */
  readonly user: number;
  readonly at: number;
  readonly size: number;
}

/** What of an item depends on the others: its ratio against their mean, and their mean count. */
export function fillSlate(rows: readonly Float64Array[], from: number): void {
  let share = 0;
  let count = 0;
  for (const x of rows) {
    share += exp(x[from + AGAINST_SLATE]!);
    count += x[from + SLATE_COUNT]!;
  }
  const mean = log(share / rows.length);
  for (const x of rows) {
    x[from + AGAINST_SLATE]! -= mean;
    x[from + SLATE_COUNT] = count / rows.length;
  }
}

const bucketOf = (size: number) => min(SIZES - 1, floor(2 * log2(max(1, size)))) * 2;
const userBase = (hash: number) => (mix32(hash) & (USER_ROWS - 1)) * EXPOSED_USER_WIDTH;

/** What the longest half-life keeps after `passed` ms; time never runs backwards. */
const fadeOf = (passed: number) => exp((-LN2 * max(0, passed)) / HALF_LIFE);

/** The same for half-life `h`, the fourth power for each step down. */
function quarters(fade: number, h: number): number {
  let kept = fade;
  for (let step = h; step < HORIZONS - 1; step++) {
    kept *= kept;
    kept *= kept;
  }
  return kept;
}
