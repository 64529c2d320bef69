// The features of one item for one user: its statistics, the user's tastes for its groups, and both crossed.
import { hash32 } from '../../../random.ts';
import { sumWithin } from '../../../reach.ts';
import { ITEM, ITEM_WIDTH, type Statistics } from '../statistics.ts';
import type { UserView } from './user.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { abs, log1p, max, min } = Math;

/** Names of the features, in the order in which `fillItem` writes them. */
export const ITEM_FEATURES = [
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
] as const;

/** What the click model reads of an item. */
export interface ItemView {
  readonly itemId: string;
  readonly groups: readonly string[];
  /** Cosine of the item's vector with the user's profile, −1 to 1; null if a vector is missing. */
  readonly similarity?: number | null;
  /** How well the item fits the user's intent, −1 to 1; null without an intent. */
  readonly intent?: number | null;
}

/** An item and its place in the slate; `position` is 0 where there is none yet. */
export type Placed = ItemView & { readonly position?: number };

/** Fills `ITEM_FEATURES` into `x` from `from` on, and right behind them the features of the item's exposure. */
export function fillItem(
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
      const { feedbacks: n, positives } = taste;
      const valueSum = sumWithin(statistics, taste.valueSum, n);
      // A state that a foreign example carries may not add up.
      const feedbacks = max(1, state.feedbacks);
      byValue += (valueSum - (n * user.valueSum) / feedbacks) / (n + 10);
      byLikes += (positives - (n * state.positives) / feedbacks) / (n + 10);
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
