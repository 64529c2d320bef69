// The direct method: what the reward model says, and nothing of what was observed.
import { type ModelledRounds, type Terms, terms } from './rounds.ts';

/** DM: V̂ = (1/n) Σᵢ Σₐ π(a|xᵢ) q(xᵢ, a). As biased as q is. Beygelzimer & Langford 2009. */
export function dm({ expected }: ModelledRounds): Terms {
  return { ...terms(expected.length), direct: expected };
}
