// MIND, one page of news at a time, with the user's state as the stream keeps it.

import { type MindImpression, readMind, readMindNews } from '../../datasets/mind.ts';
import { loggedExample } from '../../models/evaluation/logged-example.ts';
import { newUser, trackClick, trackImpression } from '../../models/user/track.ts';
import { loggedClick } from '../../schemas/logged-events.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';

/** The history a user comes with is clicks before the log begins; the set does not say when. */
export async function* mindPages(folder: string): AsyncGenerator<Example> {
  const groupsOf = new Map<string, readonly string[]>();
  for await (const { itemId, groups } of readMindNews(folder)) groupsOf.set(itemId, groups);
  const { impressions } = await readMind(folder);
  const states = new Map<string, UserState>();
  for (const { id, at, userId, history, items } of impressions) {
    const state = states.get(userId) ?? clicked(newUser(userId), 0, history, groupsOf);
    const outcomes = items.map(({ itemId, clicked }) => ({
      itemId,
      groups: [...(groupsOf.get(itemId) ?? [])],
      positive: clicked,
      reward: clicked ? 1 : 0,
    }));
    yield loggedExample(String(id), at, state, outcomes);
    states.set(userId, clicked(trackImpression(state, at), at, clicksOf(items), groupsOf));
  }
}

const clicksOf = (items: MindImpression['items']) =>
  items.filter(({ clicked }) => clicked).map(({ itemId }) => itemId);

function clicked(
  state: UserState,
  at: number,
  itemIds: readonly string[],
  groupsOf: ReadonlyMap<string, readonly string[]>,
): UserState {
  const { userId } = state;
  return itemIds.reduce(
    (before, itemId) =>
      trackClick(
        before,
        loggedClick({ userId, itemId, at, kind: 'click', positive: true, value: 1 }),
        groupsOf.get(itemId) ?? [],
      ),
    state,
  );
}
