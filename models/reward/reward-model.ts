// A reward model imagines rewards: the simulator, or a substitute in a test.
import type { Example } from '../../schemas/topics/examples.ts';
import type { Candidate } from '../policy.ts';

export interface RewardModel {
  /** P(click) of a user on an item. */
  predictItem(state: Example['state'], item: Candidate): number;
  learn(example: Example): unknown;
  /** Weight of what the model says, 0 to 1; the rest is the overall rate. */
  confidence(): number;
  save(): Uint8Array;
}

/**
 * What the reward model says of each candidate, the shown ones first; the overall rate if it is not
 * believed.
 */
export function imaginedRewards(
  model: Pick<RewardModel, 'predictItem' | 'confidence'>,
  { state, items, unshown }: Example,
  rate: number,
): Float64Array {
  const weight = model.confidence();
  const candidates: readonly Candidate[] = [...items, ...unshown];
  return Float64Array.from(
    candidates,
    (item) => rate + (weight > 0 ? weight * (model.predictItem(state, item) - rate) : 0),
  );
}
