// Events for the examples, complete but for what an example is about.
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { Click } from '../../schemas/topics/clicks.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';

/** A slate that another system showed; an empty one only moves the time on. */
export function shown(
  impressionId: string,
  userId: string,
  at: number,
  itemIds: readonly string[],
): Impression {
  return loggedImpression(
    { impressionId, userId, at },
    itemIds.map((itemId) => ({ itemId })),
  );
}

/** A user's click, worth 1. */
export function clicked(impression: Impression, itemId: string, at: number): Click {
  const { impressionId, userId } = impression;
  return loggedClick({ clickId: `${impressionId}-${itemId}`, impressionId, userId, itemId, at });
}
