// Several slates of one request, for what learns by comparing them. A log has one slate a request; the
// others are drawn by the policy as it is now, and rewarded by a doubly robust estimate.
import type { Example } from '../../schemas/topics/examples.ts';
import { type DrawnSlate, drawSlate, toProbabilities } from '../exploration.ts';
import { weightOf } from '../outcomes.ts';
import { hash32, Random } from '../random.ts';
import { FLOOR } from './slate-policy.ts';
import type { Estimates, Transition } from './transition.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { min } = Math;

/** Number of slates drawn for a request. */
export const GROUP = 8;

/** Largest weight of a real answer, beside what the reward model says of it. */
const RESIDUAL_CAP = 5;

/**
 * r̂(a) = q(a) + 1[a was shown] c(a) min(1 / μ(a), cap) (r(a) − q(a)), μ the logged propensity (Dudík,
 * Langford & Li 2011, with clipped weights), c the weight of the outcome. Undefined where what was not shown is unknown: then there is
 * nothing to draw from.
 * @param q by candidate, the shown first
 */
export function estimatesOf(example: Example, q: Float64Array): Estimates | undefined {
  const { items, unshown, impressionId } = example;
  if (unshown.length === 0) return undefined;
  const rewards = q.slice();
  for (const [i, item] of items.entries()) {
    const weight = weightOf(example, item) * min(RESIDUAL_CAP, 1 / item.propensity);
    rewards[i]! += weight * ((item.positive ? 1 : 0) - q[i]!);
  }
  return { rewards, seed: hash32(impressionId) };
}

/**
 * Groups of drawn slates, one for each episode of a single transition with estimates; other
 * episodes stay as they are.
 */
export function groupsOf<T extends Transition>(
  episodes: readonly (readonly T[])[],
  scores: (transition: T) => Float64Array,
): readonly (readonly T[])[] {
  return episodes.map((episode) => {
    const [only] = episode;
    return episode.length === 1 && only?.estimates ? drawnGroup(only, scores(only)) : episode;
  });
}

/**
 * A group of drawn slates for a transition. Each candidate stands for itself alone: the choice is
 * among these.
 */
function drawnGroup<T extends Transition>(transition: T, scores: Float64Array): T[] {
  const { rewards, seed } = transition.estimates!;
  const random = new Random(seed);
  const p = toProbabilities(scores, { floor: FLOOR });
  return Array.from({ length: GROUP }, () => {
    const slate = drawSlate(p, transition.rewards.length, random);
    return {
      ...transition,
      ...shownAs(transition, slate, (i) => rewards[i]!),
      weights: new Float64Array(slate.chosen.length).fill(1),
      estimates: undefined,
    };
  });
}

/** The rows of a decision as if this slate had been shown: its items first. */
export function shownAs(
  { rows, copies }: Pick<Transition, 'rows' | 'copies'>,
  { chosen, propensities }: DrawnSlate,
  reward: (row: number, position: number) => number,
): Pick<Transition, 'rows' | 'copies' | 'propensities' | 'rewards'> {
  const shown = new Set(chosen);
  const order = [...chosen, ...[...copies.keys()].filter((i) => !shown.has(i))];
  const stride = rows.length / copies.length;
  const ordered = new Float64Array(rows.length);
  for (const [i, from] of order.entries()) {
    ordered.set(rows.subarray(from * stride, (from + 1) * stride), i * stride);
  }
  return {
    rows: ordered,
    copies: new Float64Array(copies.length).fill(1),
    propensities: Float64Array.from(propensities),
    rewards: Float64Array.from(chosen, reward),
  };
}
