// The opposite of another policy: the worst it can do with what it knows. A candidate that is broken
// on purpose, to see that the way into service keeps it out.
import type { DecisionContext, Policy } from '../policy.ts';

export class InvertedPolicy implements Policy {
  readonly name = 'inverted';
  readonly #source: Policy;

  constructor(source: Policy) {
    this.#source = source;
  }

  get version(): number {
    return this.#source.version;
  }

  scores(context: DecisionContext): Float64Array {
    return this.#source.scores(context).map((score) => -score);
  }
}
