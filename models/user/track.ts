// Tracks what is remembered of a user. It is pure: a state and an event give the next state.
import type { Click } from '../../schemas/topics/clicks.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';

/** Pause that ends a session, ms. */
export const sessionGapMs = 30 * 60_000;

/** Number of items remembered with their outcomes. */
export const recentLimit = 20;

/** Number of groups remembered; beyond it the least used is forgotten. */
const groupLimit = 64;

/** The state of a user never seen. */
export function newUser(userId: string): UserState {
  return {
    userId,
    at: 0,
    feedbacks: 0,
    positives: 0,
    valueSum: 0,
    impressions: 0,
    sessions: 0,
    sessionStart: 0,
    recent: [],
    groups: [],
    simulatedFeedbacks: 0,
    simulatedPositives: 0,
  };
}

/** The state after a slate was shown. */
export function trackImpression(state: UserState, at: number): UserState {
  return { ...visited(state, at), impressions: state.impressions + 1 };
}

/**
 * The state after the user answered. A simulator's answer is counted, and never becomes a taste.
 */
export function trackClick(state: UserState, click: Click, groups: readonly string[]): UserState {
  if (click.source === 'simulated') {
    return {
      ...state,
      simulatedFeedbacks: state.simulatedFeedbacks + 1,
      simulatedPositives: state.simulatedPositives + (click.positive ? 1 : 0),
    };
  }
  const { itemId, at, positive, value } = click;
  const recent = [...state.recent, { itemId, at, positive, value }];
  return {
    ...visited(state, at),
    feedbacks: state.feedbacks + 1,
    positives: state.positives + (positive ? 1 : 0),
    valueSum: state.valueSum + value,
    recent: recent.length > recentLimit ? recent.slice(-recentLimit) : recent,
    groups: tasteWith(state.groups, groups, positive, value),
  };
}

/** The state with a new session if the pause was long. Time never runs backwards. */
function visited(state: UserState, at: number): UserState {
  const returning = state.sessions === 0 || at - state.at >= sessionGapMs;
  return {
    ...state,
    at: Math.max(state.at, at),
    sessions: state.sessions + (returning ? 1 : 0),
    sessionStart: returning ? at : state.sessionStart,
  };
}

function tasteWith(
  taste: UserState['groups'],
  groups: readonly string[],
  positive: boolean,
  value: number,
): UserState['groups'] {
  if (groups.length === 0) return taste;
  const next = taste.slice();
  for (const group of groups) {
    const at = next.findIndex((entry) => entry.group === group);
    const old = at < 0 ? { group, feedbacks: 0, positives: 0, valueSum: 0 } : next[at]!;
    const changed = {
      group,
      feedbacks: old.feedbacks + 1,
      positives: old.positives + (positive ? 1 : 0),
      valueSum: old.valueSum + value,
    };
    if (at >= 0) next[at] = changed;
    else if (next.length < groupLimit) next.push(changed);
    else next[leastUsed(next)] = changed;
  }
  return next;
}

function leastUsed(taste: UserState['groups']): number {
  let least = 0;
  for (let i = 1; i < taste.length; i++) {
    if (taste[i]!.feedbacks < taste[least]!.feedbacks) least = i;
  }
  return least;
}
