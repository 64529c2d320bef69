// The items that a user liked lately, as remembered at the decision.
import type { UserState } from '../../../schemas/topics/user-state.ts';

/** Ids of the liked items, newest last. */
export function recentLikes({ recent }: UserState): string[] {
  return recent.filter(({ positive }) => positive).map(({ itemId }) => itemId);
}
