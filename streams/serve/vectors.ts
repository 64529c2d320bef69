// What the language model's vectors say at a decision, and what a learner will need of them.
import type { ReadonlyItemCounts } from '../../models/item-counts.ts';
import type { ContextVectors } from '../../models/policy.ts';
import type { Example } from '../../schemas/topics/examples.ts';
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

/** The example with vectors of its candidates and its user; unchanged if there are none. */
export function withVectors(example: Example, source: VectorSource): Example {
  const vectors = vectorsOf(example.state, source);
  if (!vectors) return example;
  const { space, profile, featuresOf } = vectors;
  const features = (itemId: string) => [...featuresOf(itemId)];
  return {
    ...example,
    space,
    profile: [...profile],
    items: example.items.map((item) => ({ ...item, features: features(item.itemId) })),
    unshown: example.unshown.map((one) => ({ ...one, features: features(one.itemId) })),
  };
}
