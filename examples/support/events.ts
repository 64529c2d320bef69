// Events for the examples, complete but for what an example is about.
import type { Click } from '../../schemas/topics/clicks.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';

/** A slate that another system showed; an empty one only moves the time on. */
export function shown(
  impressionId: string,
  userId: string,
  at: number,
  itemIds: readonly string[],
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
      propensity: 1 / itemIds.length,
      shadows: [],
      similarity: null,
      intent: null,
    })),
    missing: [],
    latencyMs: 0,
    shadowSlates: [],
  };
}

/** A user's click, worth 1. */
export function clicked(impression: Impression, itemId: string, at: number): Click {
  const { impressionId, userId } = impression;
  return {
    clickId: `${impressionId}-${itemId}`,
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
  };
}
