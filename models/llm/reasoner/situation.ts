// The input of a reading: what a user liked and disliked lately, what they said, and the moment.
import type { Request } from '../../../schemas/topics/requests.ts';
import type { UserState } from '../../../schemas/topics/user-state.ts';
import type { KnownPeople } from '../../privacy/kinds.ts';

/** An item of the history, as the catalogue has it. */
export interface Remembered {
  readonly title: string;
  readonly groups: readonly string[];
}

export interface Situation {
  /** Liked items, the newest last. */
  readonly liked: readonly Remembered[];
  /** Disliked items, the newest last. */
  readonly disliked: readonly Remembered[];
  /** What the user said, newest last. */
  readonly dialogue?: readonly string[];
  /** Words on the moment, such as `Friday evening` or `device: phone`. */
  readonly context?: readonly string[];
  /** People whom the dialogue may speak of. */
  readonly known?: KnownPeople;
}

/** The words of a request, as fields of a situation. */
export function wordsIn({ said, context }: Pick<Request, 'said' | 'context'>) {
  return {
    dialogue: (said ?? []).map((text) => text.trim()),
    context: Object.entries(context ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}: ${value.trim()}`),
  };
}

/**
 * The situation of what is remembered of a user. An item is disliked if it got no like and less
 * than the user gives on average; where every answer is a click there is no such item.
 */
export function situationOf(
  state: UserState,
  itemOf: (itemId: string) => Remembered | undefined,
): Situation {
  const mean = state.valueSum / Math.max(1, state.feedbacks);
  const liked: Remembered[] = [];
  const disliked: Remembered[] = [];
  for (const { itemId, positive, value } of state.recent) {
    const item = itemOf(itemId);
    if (!item) continue;
    if (positive) liked.push(item);
    else if (value < mean) disliked.push(item);
  }
  return { liked, disliked };
}
