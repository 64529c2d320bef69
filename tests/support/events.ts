// Events for tests, complete but for what a test is about.
import type { Click } from '../../schemas/topics/clicks.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import type { Item } from '../../schemas/topics/items.ts';

export function impressionOf(
  impressionId: string,
  userId: string,
  at: number,
  itemIds: readonly string[],
  rest: Partial<Impression> = {},
): Impression {
  return {
    impressionId,
    requestId: null,
    userId,
    at,
    origin: 'logged',
    policy: 'logged',
    version: 0,
    tier: 'foreign',
    variant: '',
    seed: 0,
    candidateCount: itemIds.length,
    propensitySource: 'estimated',
    slateLogProb: 0,
    variants: [],
    items: itemIds.map((itemId, position) => ({
      itemId,
      position,
      score: 0,
      propensity: 0.5,
      shadows: [],
      similarity: null,
      intent: null,
    })),
    missing: [],
    latencyMs: 0,
    shadowSlates: [],
    ...rest,
  };
}

export function clickOf(
  clickId: string,
  impressionId: string,
  userId: string,
  itemId: string,
  at: number,
  rest: Partial<Click> = {},
): Click {
  return {
    clickId,
    impressionId,
    userId,
    itemId,
    at,
    kind: 'click',
    positive: true,
    value: 1,
    source: 'logged',
    confidence: 1,
    similarity: null,
    ...rest,
  };
}

export function itemOf(itemId: string, groups: string[] = [], title = `Item ${itemId}`): Item {
  return { itemId, at: 0, title, text: title, groups, attributes: {} };
}
