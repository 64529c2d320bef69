// MovieLens one rating at a time, with the user's state as the stream keeps it.
import { join } from 'node:path';
import { LIKED, movielens } from '../../../datasets/movielens.ts';
import { loggedExample } from '../../../models/evaluation/logged-example.ts';
import type { Example } from '../../../schemas/topics/examples.ts';
import type { UserState } from '../../../schemas/topics/user-state.ts';
import { newUser, trackClick, trackImpression } from '../../../streams/serve/track.ts';
import { clickOf } from './click.ts';

export async function* movielensRatings(folder: string, scratch: string): AsyncGenerator<Example> {
  const groupsOf = new Map<string, readonly string[]>();
  for await (const { itemId, groups } of movielens.items(folder)) groupsOf.set(itemId, groups);
  const states = new Map<string, UserState>();
  await using log = await movielens.openRows(folder, { scratch: join(scratch, 'rows') });
  for await (const batch of log.rows()) {
    for (const { userId, itemId, at, value, line } of batch) {
      const state = states.get(userId) ?? newUser(userId);
      const positive = value >= LIKED;
      const groups = groupsOf.get(itemId) ?? [];
      yield loggedExample(String(line), at, state, [
        { itemId, groups: [...groups], positive, reward: value },
      ]);
      const click = clickOf({ userId, itemId, at, kind: 'rating', positive, value });
      states.set(userId, trackClick(trackImpression(state, at), click, groups));
    }
  }
}
