// A slate of a log and what came of it, as the example the pipeline makes of one.
import type { Example, Outcome } from '../../schemas/topics/examples.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';

/** What a log says of a shown item. */
export type LoggedOutcome = Pick<Outcome, 'itemId' | 'groups' | 'positive' | 'reward'> &
  Partial<Pick<Outcome, 'position' | 'propensity'>>;

/** `state`: as it was before; where the log has no position, it is 0. */
export function loggedExample(
  impressionId: string,
  at: number,
  state: UserState,
  items: readonly LoggedOutcome[],
): Example {
  return {
    impressionId,
    userId: state.userId,
    at,
    closedAt: at,
    origin: 'logged',
    source: 'logged',
    confidence: 1,
    policy: 'log',
    version: 0,
    tier: 'foreign',
    variant: '',
    propensitySource: 'estimated',
    candidateCount: items.length,
    items: items.map((item) => ({
      position: 0,
      score: 0,
      propensity: 1,
      similarity: null,
      intent: null,
      shadows: [],
      features: [],
      ...item,
    })),
    state,
    variants: [],
    shadowSlates: [],
    space: '',
    profile: [],
    unshown: [],
    simulatorView: null,
  };
}
