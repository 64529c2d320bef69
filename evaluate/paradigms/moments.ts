// Choices in the order of time, each with what was remembered of the user just before it.

import { type Choice, choicesOf } from '../../models/evaluation/next-liked.ts';
import { MemoryPipeline } from '../../models/memory-pipeline.ts';
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import { CATALOGUE, type Films } from './catalogue.ts';
import { MOST } from './policies.ts';

export interface Moment {
  readonly choice: Choice;
  readonly state: UserState;
}

/**
 * Moments of every user. A state holds all ratings before the moment, also of films outside the
 * catalogue.
 */
export function momentsOf({ ratings, films }: Films, seed: number): Moment[] {
  const choices = choicesOf(ratings, { seed, catalogue: CATALOGUE, most: MOST });
  const wanted = new Map<string, Choice>();
  for (const choice of [...choices.values()].flat()) {
    wanted.set(`${choice.userId} ${choice.candidates[choice.liked]}`, choice);
  }
  const groupsOf = (itemId: string) => films.get(itemId)?.groups ?? [];
  const pipeline = new MemoryPipeline({ groupsOf });
  const moments: Moment[] = [];
  for (const [n, { userId, itemId, at, liked }] of ratings.entries()) {
    const state = pipeline.stateOf(userId);
    const choice = wanted.get(`${userId} ${itemId}`);
    if (choice) moments.push({ choice, state });
    // In the unit of the choices' rewards, 1 and 0, which the learner holds a state's values against.
    const value = liked ? 1 : 0;
    const impressionId = String(n);
    pipeline.take(loggedImpression({ impressionId, userId, at }, [{ itemId }]), [
      loggedClick({ impressionId, userId, itemId, at, kind: 'rating', positive: liked, value }),
    ]);
  }
  return moments;
}
