// The one place for the click model's features: each part names and fills its own, and here they are put
// side by side. They are statistics and the context, never the outcome itself.
import { EXPOSURE_FEATURES } from '../exposure.ts';
import type { Statistics } from '../statistics.ts';
import { fillItem, ITEM_FEATURES, type Placed } from './item.ts';
import { USER_FEATURES, type UserView } from './user.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { max, min } = Math;

const INTENT_FEATURES = ['intent', 'intent known'] as const;

/** Names of the dense features, in order; each is clamped to ±8. */
export const FEATURES = [
  ...USER_FEATURES,
  ...ITEM_FEATURES,
  ...EXPOSURE_FEATURES,
  ...INTENT_FEATURES,
] as const;

const ITEM_FROM = USER_FEATURES.length;
const EXPOSURE_FROM = ITEM_FROM + ITEM_FEATURES.length;
const INTENT_FROM = EXPOSURE_FROM + EXPOSURE_FEATURES.length;
const LIMIT = 8;

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
  const { dense, clicks } = user;
  for (let i = 0, at = 0; i < items.length; i++, at += width) {
    const item = items[i]!;
    for (let f = 0; f < dense.length; f++) x[at + f] = dense[f]!;
    fillItem(x, at + ITEM_FROM, user, item, statistics);
    const intent = item.intent ?? undefined;
    if (intent !== undefined) {
      x[at + INTENT_FROM] = intent * 2;
      x[at + INTENT_FROM + 1] = 1;
    }
  }
  statistics.exposure.fillSlate(x, EXPOSURE_FROM, width, { clicks, size });
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    // Seldom true, of nearly all features; a comparison with NaN is false too.
    if (!(value >= -LIMIT && value <= LIMIT)) x[i] = max(-LIMIT, min(LIMIT, value || 0));
  }
  return x;
}
