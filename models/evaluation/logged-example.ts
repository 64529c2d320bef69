// A slate of a log and what came of it, of a user in any state, as the example the pipeline makes of one.
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { Example, Outcome } from '../../schemas/topics/examples.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import { answeredExample } from '../attribution.ts';

/** What a log says of a shown item. */
export type LoggedOutcome = Pick<Outcome, 'itemId' | 'groups' | 'positive' | 'reward'> &
  Partial<
    Pick<
      Outcome,
      'position' | 'score' | 'propensity' | 'similarity' | 'intent' | 'targetPropensities'
    >
  >;

/**
 * @param state the user as remembered before the slate
 * @param items from the top position down; each is answered, with a reward of 0 if nothing came of
 * it
 */
export function loggedExample(
  impressionId: string,
  at: number,
  state: UserState,
  items: readonly LoggedOutcome[],
): Example {
  const { userId } = state;
  const shown = items.map(({ groups: _, positive: __, reward: ___, ...item }) => item);
  return answeredExample(
    loggedImpression({ impressionId, userId, at }, shown),
    state,
    items.map(({ groups }) => groups),
    items.map(({ itemId, positive, reward: value }, i) =>
      loggedClick({ clickId: `${i}`, impressionId, userId, itemId, at, positive, value }),
    ),
  );
}
