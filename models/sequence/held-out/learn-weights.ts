// The weights of a blend, from events held out of what its columns learned.
import { Random, shuffled } from '../../random.ts';
import { Blend, type Column } from './blend.ts';
import type { Moment } from './history-columns.ts';

/** A moment and what came next. */
export interface HeldOut {
  readonly moment: Moment;
  readonly target: number;
  /** Items that are no candidates. */
  readonly seen: readonly number[];
}

export interface WeightOptions {
  /** Largest number of events that the weights are learned from, drawn evenly. @default 3500 */
  readonly most?: number;
  /** @default 2 */
  readonly passes?: number;
  readonly seed: number;
}

export function learnWeights(
  columns: readonly Column<Moment>[],
  size: number,
  heldOut: readonly HeldOut[],
  { most = 3500, passes = 2, seed }: WeightOptions,
): Blend<Moment> {
  const blend = new Blend(columns, size);
  const drawn = shuffled(heldOut, new Random(seed)).slice(0, most);
  for (let pass = 0; pass < passes; pass++) {
    for (const { moment, target, seen } of drawn) blend.learn(moment, target, seen);
  }
  return blend;
}
