// Adds the similarities by the simulator's own language model to a slate, for the stage that
// calibrates it.
import type { Example } from '../../schemas/topics/examples.ts';
import type { Vectors } from '../tables/vectors.ts';
import { likedItems } from './decide.ts';

/**
 * The example with similarities by the simulator's model; unchanged if the simulator shares the
 * representer's model.
 */
export function withSimulatorView(example: Example, vectors: Vectors): Example {
  const model = vectors.ownModel('simulator');
  if (model === '') return example;
  const own = vectors.of('simulator');
  const profile = own.profile(likedItems(example.state));
  const similarities = example.items.map(({ itemId }) => own.similarity(profile, itemId));
  return { ...example, simulatorView: { model, similarities } };
}
