// The vectors of a language model that a decision saw, as an example carries them.
import type { Example } from '../schemas/topics/examples.ts';
import type { ContextVectors } from './policy.ts';

/** The example with the vectors that its decision saw; unchanged if it saw none. */
export function withVectors(example: Example, vectors: ContextVectors | undefined): Example {
  if (vectors === undefined) return example;
  const { space, profile, featuresOf } = vectors;
  const described = <T extends { readonly itemId: string }>(item: T) => ({
    ...item,
    features: [...featuresOf(item.itemId)],
  });
  return {
    ...example,
    space,
    profile: [...profile],
    items: example.items.map(described),
    unshown: example.unshown.map(described),
  };
}
