// The true value of a policy at a request: what its distribution earns, to test estimates against.
import { drawSlate } from '../exploration.ts';
import { Random } from '../random.ts';
import type { Crowd } from './crowd.ts';

/** A request as far as the truth is concerned. */
export interface Moment {
  readonly userId: string;
  readonly at: number;
  readonly candidates: readonly string[];
  readonly k: number;
}

/**
 * Expected clicks of Plackett–Luce slates, exact: the clicks of a position depend on its item alone,
 * so each prefix is visited once. O(n^k): for small cases.
 */
export function exactValue(crowd: Crowd, moment: Moment, probabilities: Float64Array): number {
  const { userId, at, candidates } = moment;
  const size = Math.min(moment.k, candidates.length);
  // By position: looks differ, the item's own appeal does not.
  const clicks = candidates.map((id) =>
    crowd.clickProbabilities(userId, new Array<string>(size).fill(id), at),
  );
  const left = Float64Array.from(probabilities);
  const below = (position: number): number => {
    if (position === size) return 0;
    const mass = left.reduce((sum, p) => sum + p, 0);
    let value = 0;
    for (const [item, p] of left.entries()) {
      if (p <= 0) continue;
      left[item] = 0;
      value += (p / mass) * (clicks[item]![position]! + below(position + 1));
      left[item] = p;
    }
    return value;
  };
  return below(0);
}

/**
 * Expected clicks of Plackett–Luce slates, by drawing slates: without the noise of clicks, and with
 * an error of about 1 / √draws.
 */
export function sampledValue(
  crowd: Crowd,
  moment: Moment,
  probabilities: Float64Array,
  draws: number,
  seed: number,
): number {
  const random = new Random(seed);
  let total = 0;
  for (let i = 0; i < draws; i++) {
    const { chosen } = drawSlate(probabilities, moment.k, random);
    const slate = chosen.map((index) => moment.candidates[index]!);
    total += crowd.expectedReward(moment.userId, slate, moment.at);
  }
  return total / draws;
}

/** Expected clicks of the best slate minus those of this one; at least 0. */
export function regret(crowd: Crowd, moment: Moment, slate: readonly string[]): number {
  const { userId, at, candidates, k } = moment;
  const best = crowd.bestSlate(userId, candidates, k, at);
  return crowd.expectedReward(userId, best, at) - crowd.expectedReward(userId, slate, at);
}
