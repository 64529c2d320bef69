// A policy that only scores, as a predictor: its scores are calibrated online by what came of them.
import type { Example } from '../../schemas/topics/examples.ts';
import { Calibration } from '../baseline/calibration.ts';
import type { LearningPolicy, PredictionContext } from '../policy.ts';

export class ScoredPolicy {
  readonly name: string;
  readonly #policy: LearningPolicy;
  readonly #calibration = new Calibration();

  constructor(policy: LearningPolicy) {
    this.name = policy.name;
    this.#policy = policy;
  }

  predict(context: PredictionContext): Float64Array {
    return this.#scores(context).map((score) => this.#calibration.probability(score));
  }

  learn(example: Example): void {
    const scores = this.#scores(example);
    for (const [i, { positive }] of example.items.entries()) {
      this.#calibration.learn(scores[i]!, positive);
    }
    this.#policy.learn(example);
  }

  #scores({ at, state, items }: PredictionContext): Float64Array {
    return this.#policy.scores({
      at,
      k: items.length,
      state,
      candidates: items.map(({ itemId, groups, similarity }) => ({ itemId, groups, similarity })),
    });
  }
}
