// Reads the language model's vectors at a decision, and puts them into examples for the learners.
import type { ReadonlyItemCounts } from '../../models/item-counts.ts';
import type { ContextVectors } from '../../models/policy.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import type { SpaceVectors } from '../tables/model-vectors.ts';
import { likedItems } from './decide.ts';

export interface VectorSource {
  /** The policy's vectors in their basis; undefined until the basis is published. */
  readonly space: SpaceVectors | undefined;
  /**
   * Gives the learner's counts. The learner is loaded for this, so it is asked for only if there
   * are vectors.
   */
  readonly counts: () => ReadonlyItemCounts | undefined;
}

/**
 * What the vectors say at a decision; undefined if there is no space yet, or if no item the user
 * liked is in it.
 */
export function vectorsOf(state: UserState, source: VectorSource): ContextVectors | undefined {
  const { space } = source;
  const profile = space?.profile(likedItems(state));
  if (!space || !profile) return undefined;
  const counts = source.counts();
  const none = new Float32Array(profile.length);
  return {
    space: space.id,
    profile: [...profile],
    featuresOf: (itemId) => [
      ...(space.of(itemId) ?? none),
      Math.log1p(counts?.positives(itemId) ?? 0),
    ],
  };
}
