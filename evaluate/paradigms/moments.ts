// Choices in the order of time, each with what was remembered of the user just before it.

import { type Choice, choicesOf } from '../../models/evaluation/next-liked.ts';
import { newUser, trackClick, trackImpression } from '../../models/user/track.ts';
import { loggedClick } from '../../schemas/logged-events.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import { CATALOGUE, type Films } from './catalogue.ts';
import { MOST } from './policies.ts';

export interface Moment {
  readonly choice: Choice;
  readonly state: UserState;
}

/** Of every user; a state holds all ratings before, of the catalogue or not. */
export function momentsOf({ ratings, films }: Films, seed: number): Moment[] {
  const choices = choicesOf(ratings, { seed, catalogue: CATALOGUE, most: MOST });
  const wanted = new Map<string, Choice>();
  for (const choice of [...choices.values()].flat()) {
    wanted.set(`${choice.userId} ${choice.candidates[choice.liked]}`, choice);
  }
  const states = new Map<string, UserState>();
  const moments: Moment[] = [];
  for (const { userId, itemId, at, liked } of ratings) {
    const state = states.get(userId) ?? newUser(userId);
    const choice = wanted.get(`${userId} ${itemId}`);
    if (choice) moments.push({ choice, state });
    // In the unit of the choices' rewards, 1 and 0, which the learner holds a state's values against.
    const value = liked ? 1 : 0;
    const click = loggedClick({ userId, itemId, at, kind: 'rating', positive: liked, value });
    const groups = films.get(itemId)?.groups ?? [];
    states.set(userId, trackClick(trackImpression(state, at), click, groups));
  }
  return moments;
}
