// Adds a role's scores to those of the fast tier for the same candidates.
import { squaredDeviations } from '../moments.ts';
import { ConditionalLogit, type Scored } from '../sequence/conditional-logit.ts';

/**
 * Sum of both scores without training: each is set to standard deviation 1 over the candidates,
 * then the role's is multiplied by `weight`.
 */
export function addedScores(
  base: ArrayLike<number>,
  role: ArrayLike<number>,
  weight: number,
): Float64Array {
  const [own, other] = [inverseDeviation(base), inverseDeviation(role)];
  return Float64Array.from(base, (score, i) => own * score + weight * other * role[i]!);
}

function inverseDeviation(values: ArrayLike<number>): number {
  const variance = squaredDeviations(values) / values.length;
  return variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
}

/** A sum of scores whose weights are learned from choices, one after the other. */
export class LearnedSum {
  readonly #logit: ConditionalLogit;

  /** @param columns number of scores that are added up; all begin with one weight */
  constructor(columns: number) {
    this.#logit = new ConditionalLogit(Array(columns).fill(0.5), 0.2);
  }

  scores(columns: readonly Float64Array[]): Float64Array {
    return this.#score(columns).scores;
  }

  learn(columns: readonly Float64Array[], chosen: number): void {
    this.#logit.learn(columns, this.#score(columns), [chosen]);
  }

  #score(columns: readonly Float64Array[]): Scored {
    const size = columns[0]!.length;
    return this.#logit.score(columns, new Float64Array(size), size);
  }
}
