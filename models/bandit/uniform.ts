// The policy that knows nothing: the floor every other one has to beat.
import type { DecisionContext, Policy } from '../policy.ts';

export class UniformPolicy implements Policy {
  readonly name = 'uniform';
  readonly version = 0;

  scores(context: DecisionContext): Float64Array {
    return new Float64Array(context.candidates.length);
  }
}
