// The language model's tier in a decision, and what its learner will need of it.

import type { ReadonlyItemCounts } from '../../models/item-counts.ts';
import { headContext } from '../../models/llm/head.ts';
import type { LlmPolicy } from '../../models/llm/policy.ts';
import type { Policy } from '../../models/policy.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import type { SpaceVectors } from '../tables/model-vectors.ts';
import { likedItems } from './decide.ts';

export interface LlmTier {
  /** The policy's vectors in their basis; undefined before it was published. */
  readonly space: SpaceVectors | undefined;
  /** Of the learner, which is loaded for it: asked for where there are vectors alone. */
  readonly counts: () => ReadonlyItemCounts | undefined;
}

/** The head's column of an item: ln(1 + likes). */
function columnOf({ counts }: LlmTier): (itemId: string) => number {
  const known = counts();
  return (itemId) => Math.log1p(known?.positives(itemId) ?? 0);
}

/**
 * The head on the user's and the candidates' vectors. A candidate without a vector stands by its
 * popularity alone; a user without a profile is served by `fast`, and so is everybody before the head
 * has learned in the space of now.
 */
export function llmTier(llm: LlmPolicy, fast: Policy, state: UserState, tier: LlmTier): Policy {
  const { space } = tier;
  const profile = space?.profile(likedItems(state));
  if (!space || !profile || llm.version === 0 || llm.space !== space.id) return fast;
  return {
    name: llm.name,
    version: llm.version,
    tier: 'llm',
    scores({ candidates }) {
      const column = columnOf(tier);
      return llm.scores(
        headContext(
          profile,
          candidates.map(({ itemId }) => space.of(itemId)),
          candidates.map(({ itemId }) => [column(itemId)]),
        ),
      );
    },
  };
}

/** The example with the vectors of its items and of its user, where there are any. */
export function withVectors(example: Example, tier: LlmTier): Example {
  const { space } = tier;
  const profile = space?.profile(likedItems(example.state));
  if (!space || !profile) return example;
  const column = columnOf(tier);
  const none = new Float32Array(profile.length);
  return {
    ...example,
    space: space.id,
    profile: [...profile],
    items: example.items.map((item) => ({
      ...item,
      features: [...(space.of(item.itemId) ?? none), column(item.itemId)],
    })),
  };
}
