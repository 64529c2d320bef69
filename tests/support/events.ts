// Events for tests, complete but for what a test is about.
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
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
  return loggedImpression(
    { impressionId, userId, at, ...rest },
    rest.items ?? itemIds.map((itemId) => ({ itemId, propensity: 0.5 })),
  );
}

export function clickOf(
  clickId: string,
  impressionId: string,
  userId: string,
  itemId: string,
  at: number,
  rest: Partial<Click> = {},
): Click {
  return loggedClick({ clickId, impressionId, userId, itemId, at, ...rest });
}

export function itemOf(itemId: string, groups: string[] = [], title = `Item ${itemId}`): Item {
  return { itemId, at: 0, title, text: title, groups, attributes: {} };
}
