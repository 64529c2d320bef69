// The features that all items of a slate share: the user, as remembered at the decision.

import type { UserState } from '../../../../schemas/topics/user-state.ts';
import { square } from '../../../power.ts';
import { hash32 } from '../../../random.ts';
import { sumWithin, within } from '../../../reach.ts';
import type { Statistics } from '../statistics.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { log, log1p, max, sqrt } = Math;

/** Names of the features, in the order of `UserView.dense`. */
export const USER_FEATURES = [
  'bias',
  'user mean',
  'user residual',
  'user log-odds',
  'user count',
  'user new',
  'user recent, fading',
  'user last',
  'user last 5',
  'user last 25',
  'user spread',
  'hours away',
] as const;

/** What is looked up of a user once and used for every item. */
export interface UserView {
  readonly hash: number;
  readonly at: number;
  readonly state: UserState;
  /** Sum of the user's values, each within the reach of the log. */
  readonly valueSum: number;
  readonly tastes: ReadonlyMap<string, UserState['groups'][number]>;
  /** Logarithm of the user's clicks over those expected. */
  readonly clicks: number;
  /** Features of the user, one for each name of `USER_FEATURES`. */
  readonly dense: readonly number[];
  readonly mean: number;
  readonly residual: number;
  readonly spread: number;
  readonly count: number;
}

export function viewUser(state: UserState, at: number, statistics: Statistics): UserView {
  const { mean: overall, std, rate } = statistics;
  const hash = hash32(state.userId);
  const { feedbacks, positives, recent } = state;
  const z = (value: number) => (within(statistics, value) - overall) / std;
  const valueSum = sumWithin(statistics, state.valueSum, feedbacks);
  const mean = (valueSum - feedbacks * overall) / (feedbacks + 5) / std;
  const residual = statistics.userResidual(hash);
  const odds = (positives + 5 * rate) / max(0.5, feedbacks + 5 - positives - 5 * rate);
  const newest = recent.at(-1);
  const count = log1p(feedbacks) / 5;
  const spread =
    recent.length > 0
      ? sqrt(recent.reduce((sum, { value }) => sum + square(z(value)), 0) / recent.length) - 1
      : 0;
  return {
    hash,
    at,
    state,
    valueSum,
    tastes: new Map(state.groups.map((taste) => [taste.group, taste])),
    clicks: statistics.exposure.userRatio(hash),
    mean,
    residual,
    spread,
    count,
    dense: [
      1,
      mean,
      residual,
      log(odds) - log(rate / (1 - rate)),
      count,
      feedbacks === 0 ? 1 : 0,
      fading(recent.map(({ value }) => z(value))),
      newest ? z(newest.value) : 0,
      lately(recent, 5, 1, rate),
      lately(recent, 25, 3, rate),
      spread,
      newest ? log1p(max(0, at - newest.at) / 3.6e6) / 10 : 1,
    ],
  };
}

/** Mean with weights 0.85^age, and one pseudo-observation of 0. */
function fading(values: readonly number[]): number {
  let sum = 0;
  let total = 0;
  for (let i = values.length - 1, weight = 1; i >= 0 && weight > 0.05; i--, weight *= 0.85) {
    sum += weight * values[i]!;
    total += weight;
  }
  return sum / (total + 1);
}

/**
 * Share of likes among the last `n` answers minus the overall share, with `prior`
 * pseudo-observations.
 */
function lately(recent: UserState['recent'], n: number, prior: number, rate: number): number {
  const last = recent.slice(-n);
  return (
    (last.filter(({ positive }) => positive).length - last.length * rate) / (last.length + prior)
  );
}
