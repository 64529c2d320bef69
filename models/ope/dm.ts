// The direct method: what the reward model says, and nothing of what was observed.
import { directOf, type ModelledRounds, type Terms, terms } from './rounds.ts';

/** DM: V̂ = (1/n) Σᵢ Σₐ π(a|xᵢ) q(xᵢ, a). As biased as q is. Beygelzimer & Langford 2009. */
export function dm(rounds: ModelledRounds): Terms {
  const n = rounds.expected.length;
  return { ...terms(n), direct: directOf(rounds, new Float64Array(n)) };
}
