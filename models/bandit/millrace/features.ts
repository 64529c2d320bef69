// What the click model sees of a user and an item as numbers: statistics, never the outcome itself.
import type { UserState } from '../../../schemas/topics/user-state.ts';
import { hash32 } from '../../random.ts';
import { EXPOSURE_FEATURES } from './exposure.ts';
import { ITEM, ITEM_WIDTH, type Statistics } from './statistics.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { abs, log, log1p, max, min, sqrt } = Math;

/** Names of the dense features, in order; clamped to ±8. */
export const FEATURES = [
  'bias',
  'user mean',
  'user residual',
  'user log-odds',
  'user count',
  'user new',
  'user recent, fading',
  'user last',
  'user last 5',
  'user last 25',
  'user spread',
  'hours away',
  'item mean',
  'item residual',
  'item residual, shrunk',
  'item residual, bold',
  'item residual, fading',
  'item likes',
  'item count',
  'item age',
  'item new',
  'taste by value',
  'taste by likes',
  'taste residual',
  'group residual',
  'user × item',
  'user mean × item',
  'user mean × item count',
  'user mean × user count',
  'item × item count',
  'both, squared',
  'spread × both',
  'similarity',
  'similarity known',
  'position',
  'user line',
  ...EXPOSURE_FEATURES,
  'intent',
  'intent known',
] as const;
/** The last two. */
const INTENT_FROM = FEATURES.length - 2;
const EXPOSURE_FROM = INTENT_FROM - EXPOSURE_FEATURES.length;
const LIMIT = 8;

/** What is asked of a user once, and used for every item. */
export interface UserView {
  readonly hash: number;
  readonly at: number;
  readonly state: UserState;
  readonly tastes: ReadonlyMap<string, UserState['groups'][number]>;
  /** ln of the user's clicks over those expected. */
  readonly clicks: number;
  readonly dense: readonly number[];
  readonly mean: number;
  readonly residual: number;
  readonly spread: number;
  readonly count: number;
}

export interface ItemView {
  readonly itemId: string;
  readonly groups: readonly string[];
  readonly similarity?: number | null;
  readonly intent?: number | null;
}

export function viewUser(state: UserState, at: number, statistics: Statistics): UserView {
  const { mean: overall, std, rate } = statistics;
  const hash = hash32(state.userId);
  const { feedbacks, positives, recent } = state;
  const z = (value: number) => (value - overall) / std;
  const mean = (state.valueSum - feedbacks * overall) / (feedbacks + 5) / std;
  const residual = statistics.userResidual(hash);
  const odds = (positives + 5 * rate) / max(0.5, feedbacks + 5 - positives - 5 * rate);
  const newest = recent.at(-1);
  const count = log1p(feedbacks) / 5;
  const spread =
    recent.length > 0
      ? sqrt(recent.reduce((sum, { value }) => sum + z(value) ** 2, 0) / recent.length) - 1
      : 0;
  return {
    hash,
    at,
    state,
    tastes: new Map(state.groups.map((taste) => [taste.group, taste])),
    clicks: statistics.exposure.userRatio(hash),
    mean,
    residual,
    spread,
    count,
    dense: [
      1,
      mean,
      residual,
      log(odds) - log(rate / (1 - rate)),
      count,
      feedbacks === 0 ? 1 : 0,
      fading(recent.map(({ value }) => z(value))),
      newest ? z(newest.value) : 0,
      lately(recent, 5, 1, rate),
      lately(recent, 25, 3, rate),
      spread,
      newest ? log1p(max(0, at - newest.at) / 3.6e6) / 10 : 1,
    ],
  };
}

/** An item and its place in the slate; `position` is 0 where there is none yet. */
export type Placed = ItemView & { readonly position?: number };

/**
 * The features of each item of a slate, or of each candidate for one of `size` items: row after row,
 * FEATURES.length each.
 */
export function slateFeatures(
  user: UserView,
  items: readonly Placed[],
  size: number,
  statistics: Statistics,
): Float64Array {
  const width = FEATURES.length;
  const x = new Float64Array(items.length * width);
  const { dense } = user;
  for (let i = 0, at = 0; i < items.length; i++, at += width) {
    for (let f = 0; f < dense.length; f++) x[at + f] = dense[f]!;
    fillFeatures(x, at + dense.length, user, items[i]!, statistics);
    const intent = items[i]!.intent ?? undefined;
    if (intent !== undefined) {
      x[at + INTENT_FROM] = intent * 2;
      x[at + INTENT_FROM + 1] = 1;
    }
  }
  statistics.exposure.fillSlate(x, EXPOSURE_FROM, width, { clicks: user.clicks, size });
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    // Seldom true, of nearly all features; a comparison with NaN is false too.
    if (!(value >= -LIMIT && value <= LIMIT)) x[i] = max(-LIMIT, min(LIMIT, value || 0));
  }
  return x;
}

function fillFeatures(
  x: Float64Array,
  from: number,
  user: UserView,
  item: Placed,
  statistics: Statistics,
): void {
  const index = statistics.items.find(item.itemId);
  const columns = statistics.item;
  const row = index * ITEM_WIDTH;
  const isNew = index < 0;
  const n = isNew ? 0 : columns[row + ITEM.n]!;
  const sum = isNew ? 0 : columns[row + ITEM.residual]!;
  const first = isNew ? 0 : columns[row + ITEM.first]!;
  const fadingResidual = isNew ? 0 : columns[row + ITEM.fading]!;
  const residual = sum / (n + 5);
  const logCount = log1p(n);
  const count = logCount / 5;
  const both = user.residual + residual;
  const similarity = item.similarity ?? undefined;
  let i = from;
  x[i++] = isNew ? 0 : columns[row + ITEM.value]! / (n + 5);
  x[i++] = residual;
  x[i++] = sum / (n + 30);
  x[i++] = sum / (n + 1.5);
  x[i++] = fadingResidual;
  x[i++] = isNew ? 0 : (columns[row + ITEM.likes]! / (n + 5)) * 4;
  x[i++] = count;
  x[i++] = n > 0 ? log1p(max(0, user.at - first) / 8.64e7) / 5 : 0;
  x[i++] = n > 0 ? 0 : 1;
  i = fillTastes(x, i, user, item.groups, statistics);
  x[i++] = user.residual * residual;
  x[i++] = user.mean * residual;
  x[i++] = user.mean * count;
  x[i++] = user.mean * user.count;
  x[i++] = residual * count;
  x[i++] = both * abs(both);
  x[i++] = user.spread * both;
  x[i++] = similarity === undefined ? 0 : similarity * 2;
  x[i++] = similarity === undefined ? 0 : 1;
  x[i++] = min(item.position ?? 0, 20) / 10;
  x[i++] = statistics.lines.predict(user.hash, residual, count, fadingResidual);
  if (n > 0) statistics.exposure.fill(x, i, index, logCount, user.at, first);
}

function fillTastes(
  x: Float64Array,
  from: number,
  user: UserView,
  groups: readonly string[],
  statistics: Statistics,
): number {
  const { state, tastes } = user;
  let byValue = 0;
  let byLikes = 0;
  let residual = 0;
  let ofGroup = 0;
  for (const group of groups) {
    const taste = tastes.get(group);
    if (taste) {
      const { feedbacks: n, positives, valueSum } = taste;
      byValue += (valueSum - (n * state.valueSum) / state.feedbacks) / (n + 10);
      byLikes += (positives - (n * state.positives) / state.feedbacks) / (n + 10);
    }
    residual += statistics.pairResidual(user.hash, hash32(group), 10);
    ofGroup += statistics.groupResidual(group);
  }
  const share = 2 / max(1, groups.length);
  x[from] = (byValue * share) / statistics.std;
  x[from + 1] = byLikes * share * 2;
  x[from + 2] = residual * share;
  x[from + 3] = ofGroup * share;
  return from + 4;
}

/** Mean with weights 0.85^age, one pseudo-observation of 0. */
function fading(values: readonly number[]): number {
  let sum = 0;
  let total = 0;
  for (let i = values.length - 1, weight = 1; i >= 0 && weight > 0.05; i--, weight *= 0.85) {
    sum += weight * values[i]!;
    total += weight;
  }
  return sum / (total + 1);
}

/** Share of likes among the last `n`, less the overall one, `prior` pseudo-observations. */
function lately(recent: UserState['recent'], n: number, prior: number, rate: number): number {
  const last = recent.slice(-n);
  return (
    (last.filter(({ positive }) => positive).length - last.length * rate) / (last.length + prior)
  );
}
