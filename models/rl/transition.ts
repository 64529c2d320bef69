// A transition as a policy gradient needs it: what could have been shown, what was, how likely, what came.

import type { Example } from '../../schemas/topics/examples.ts';
import { featuresOf, WIDTH } from '../bandit/features.ts';
import type { ItemCounts } from '../item-counts.ts';
import { weightOf } from '../outcomes.ts';
import { isNarrowed, unnarrowedPropensity } from '../rules/chosen-part.ts';

/** Estimates from which a group can be drawn. */
export interface Estimates {
  /** Reward of each candidate, by row. */
  readonly rewards: Float64Array;
  /** Seed of the draw: a function of the impression's id. */
  readonly seed: number;
}

export interface Transition {
  readonly userId: string;
  /** Time of the decision, ms since the epoch. */
  readonly at: number;
  /**
   * Weight of each position's outcome, 0 to 1: 1 for a person's, less for a simulator's, 0 where a rule
   * narrowed the choice.
   */
  readonly weights: Float64Array;
  /** Features of the candidates, end to end: the shown ones first, from the top position down. */
  readonly rows: Float64Array;
  /**
   * Number of candidates that each row stands for: 1, or more in an even sample of those not shown.
   */
  readonly copies: Float64Array;
  /**
   * Probability of each shown item, given the items above it, under the policy that showed it, had no rule
   * narrowed its choice.
   */
  readonly propensities: Float64Array;
  /** Reward of each position: 1 for a like, 0 for none; an estimate for a drawn slate. */
  readonly rewards: Float64Array;
  /**
   * Estimates of what other slates of the request would have earned; absent for a policy that
   * compares no slates.
   */
  readonly estimates?: Estimates | undefined;
}

/** The transition of a decision without pinned items, for a linear policy. */
export function transitionOf(example: Example, counts: ItemCounts): Transition {
  const { items, state, unshown } = example;
  const candidates = [...items, ...unshown];
  const rows = new Float64Array(candidates.length * WIDTH);
  for (const [i, candidate] of candidates.entries()) {
    rows.set(featuresOf(state, candidate, counts), i * WIDTH);
  }
  return { ...transitionAmongCandidates(example), rows };
}

/**
 * What a decision says without its candidates' features. Where those that were not shown are unknown, it
 * is the order of the shown ones: its propensities follow exactly from the logged ones, for Plackett–Luce
 * keeps its ratios.
 */
export function transitionAmongCandidates(example: Example): Omit<Transition, 'rows'> {
  const { items, unshown, candidateCount } = example;
  const transition = transitionAmongShown(example);
  if (unshown.length === 0) return transition;
  const each = Math.max(1, (candidateCount - items.length) / unshown.length);
  return {
    ...transition,
    copies: Float64Array.from([...items, ...unshown], (_, i) => (i < items.length ? 1 : each)),
    propensities: Float64Array.from(items, unnarrowedPropensity),
  };
}

/** The transition of a slate without features: the order of the shown items alone. */
export function transitionAmongShown(example: Example): Omit<Transition, 'rows'> {
  const { userId, at, items } = example;
  return {
    userId,
    at,
    weights: Float64Array.from(items, (item) => (isNarrowed(item) ? 0 : weightOf(example, item))),
    copies: Float64Array.from(items, () => 1),
    propensities: Float64Array.from(amongShown(items.map(unnarrowedPropensity))),
    rewards: Float64Array.from(items, ({ positive }) => (positive ? 1 : 0)),
  };
}

/**
 * Probability of each item at the first position, from that of each given the items above it: p_j =
 * propensity_j · (1 − Σ_{i<j} p_i).
 */
export function firstPosition(propensities: ArrayLike<number>): Float64Array {
  let left = 1;
  return Float64Array.from(propensities, (propensity) => {
    const p = Math.max(1e-9, propensity * left);
    left = Math.max(1e-9, left - p);
    return p;
  });
}

/** Probability of each item given those above it, among the shown items alone. */
function amongShown(propensities: readonly number[]): Float64Array {
  const p = firstPosition(propensities);
  let left = p.reduce((sum, one) => sum + one, 0);
  return p.map((one, j) => {
    const share = j === p.length - 1 ? 1 : Math.min(1, one / left);
    left = Math.max(1e-9, left - one);
    return share;
  });
}

/**
 * Layout of transitions in saved parameters. Those that wait under another layout, of an earlier version,
 * are passed over.
 */
export const TRANSITION_LAYOUT = 2;

/** Whether anything can be learned from a transition: one weightless in all positions says nothing. */
export function saysSomething({ weights }: Transition): boolean {
  return weights.some((weight) => weight > 0);
}

/**
 * The transitions of many episodes as numbers; `unpackEpisodes` is the way back.
 * @param estimated whether they may carry estimates, the same in both directions
 */
export function packEpisodes(episodes: readonly (readonly Transition[])[], estimated = false) {
  const all = episodes.flat();
  const numbers = all.flatMap(({ at, weights, rows, copies, propensities, rewards, estimates }) => [
    ...[copies.length, rewards.length, at],
    ...weights,
    ...copies,
    ...propensities,
    ...rewards,
    ...rows,
    ...(estimates ? [estimates.seed, ...estimates.rewards] : estimated ? [-1] : []),
  ]);
  return {
    users: episodes.map(([first]) => first?.userId ?? ''),
    sizes: Int32Array.from(episodes, ({ length }) => length),
    numbers: Float64Array.from(numbers),
  };
}

export function unpackEpisodes(
  users: readonly string[],
  sizes: Int32Array,
  numbers: Float64Array,
  estimated = false,
): Transition[][] {
  let place = 0;
  const take = (n: number) => {
    place += n;
    return numbers.slice(place - n, place);
  };
  return users.map((userId, i) =>
    Array.from({ length: sizes[i]! }, () => {
      const [candidates, shown, at] = take(3) as unknown as [number, number, number];
      const weights = take(shown);
      const copies = take(candidates);
      const propensities = take(shown);
      const rewards = take(shown);
      const rows = take(candidates * WIDTH);
      const one = { userId, at, weights, copies, propensities, rewards, rows };
      if (!estimated) return one;
      const seed = take(1)[0]!;
      return seed < 0 ? one : { ...one, estimates: { seed, rewards: take(candidates) } };
    }),
  );
}
