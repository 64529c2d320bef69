// A slate of a log and a click on it as events, complete but for what the log says.
import type { Click } from './topics/clicks.ts';
import type { Impression } from './topics/impressions.ts';

type ShownItem = Impression['items'][number];

/**
 * @param items from the top position down; an item without a propensity gets 1 over their number
 */
export function loggedImpression(
  known: Pick<Impression, 'impressionId' | 'userId' | 'at'> & Partial<Omit<Impression, 'items'>>,
  items: readonly (Pick<ShownItem, 'itemId'> & Partial<ShownItem>)[],
): Impression {
  return {
    requestId: null,
    servedBy: 'logged',
    policy: 'logged',
    version: 0,
    tier: 'foreign',
    variant: '',
    seed: 0,
    candidateCount: items.length,
    propensitySource: 'estimated',
    slateLogProb: 0,
    variants: [],
    standIns: [],
    missing: [],
    latencyMs: 0,
    adapter: 0,
    unshown: [],
    targetSlates: [],
    rules: [],
    ...known,
    items: items.map((item, position) => ({
      position,
      score: 0,
      propensity: 1 / items.length,
      targetPropensities: [],
      similarity: null,
      intent: null,
      barred: 0,
      ...item,
    })),
  };
}

/** A user's click. It is worth 1 unless the log says otherwise, and it may name no slate. */
export function loggedClick(
  known: Pick<Click, 'userId' | 'itemId' | 'at'> & Partial<Click>,
): Click {
  return {
    clickId: '',
    impressionId: '',
    kind: 'click',
    positive: true,
    value: 1,
    source: 'logged',
    confidence: 1,
    similarity: null,
    ...known,
  };
}
