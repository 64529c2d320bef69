// A user and a candidate as one short vector, for every policy that is linear in something.
import type { UserState } from '../../schemas/topics/user-state.ts';
import type { ItemCounts } from '../item-counts.ts';
import type { Candidate } from '../policy.ts';
import { hash32 } from '../random.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { log, log1p, max, min, sqrt } = Math;

const DENSE = 13;
/** Number of hashed groups of the item, one-hot. */
const BUCKETS = 11;
/** Number of values in a vector. */
export const WIDTH = DENSE + BUCKETS;
const LIMIT = 3;

/**
 * Bias, similarity and whether it is known, item rate, item count, new item, taste for the item's
 * groups by likes and by rate, new user, user rate, answered lately, position, and their hashed groups.
 * All within ±3; anything unknown is 0. `position` counts from 0; decisions ask at the top.
 */
export function featuresOf(
  state: UserState,
  candidate: Candidate,
  counts: ItemCounts,
  position = 0,
): Float64Array {
  const { itemId, groups, similarity } = candidate;
  const { feedbacks, positives } = state;
  const shown = counts.impressions(itemId);
  const { rate } = counts;
  const lately = state.recent.filter((one) => one.itemId === itemId).length;
  const taste = tasteOf(state, groups);
  const x = new Float64Array(WIDTH);
  let i = 0;
  x[i++] = 1;
  x[i++] = 2 * (similarity ?? 0);
  x[i++] = similarity === null ? 0 : 1;
  x[i++] = logit((counts.positives(itemId) + 8 * rate) / (shown + 8)) - logit(rate);
  x[i++] = log1p(shown) / 5;
  x[i++] = shown === 0 ? 1 : 0;
  x[i++] = taste.share;
  x[i++] = taste.rate;
  x[i++] = feedbacks === 0 ? 1 : 0;
  x[i++] = logit((positives + 1) / (feedbacks + 2)) / 2;
  x[i++] = log1p(positives) / 5;
  x[i++] = lately;
  x[i++] = min(position, 20) / 10;
  for (const group of groups) x[DENSE + (hash32(group) % BUCKETS)]! += 1 / sqrt(groups.length);
  for (i = 0; i < WIDTH; i++) x[i] = max(-LIMIT, min(LIMIT, x[i]! || 0));
  return x;
}

/**
 * Means over the groups of the log-odds of their share of the likes, and of their own like rate.
 */
function tasteOf(state: UserState, groups: readonly string[]): { share: number; rate: number } {
  let share = 0;
  let rate = 0;
  if (state.feedbacks === 0 || groups.length === 0) return { share, rate };
  const all = max(4, state.groups.length);
  const likes = state.groups.reduce((sum, { positives }) => sum + positives, 0);
  const own = (state.positives + 1) / (state.feedbacks + 2);
  for (const name of groups) {
    const known = state.groups.find(({ group }) => group === name);
    const liked = known?.positives ?? 0;
    share += log(((liked + 0.5) * all) / (likes + 0.5 * all));
    rate += logit((liked + 5 * own) / ((known?.feedbacks ?? 0) + 5)) - logit(own);
  }
  return { share: share / groups.length, rate: rate / groups.length };
}

function logit(p: number): number {
  return log(p / max(1e-9, 1 - p));
}
