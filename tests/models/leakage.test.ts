// Whoever predicts, predicts the same of a slate whose outcomes cannot be read.
import { describe, expect, it } from '@jest/globals';
import { factorizationFtrl } from '../../models/bandit/factorization/policy.ts';
import { linUcb } from '../../models/bandit/linear/lin-ucb.ts';
import { millrace } from '../../models/bandit/millrace/learner.ts';
import { MeanValues } from '../../models/baseline/mean-values.ts';
import { MeansBaseline } from '../../models/baseline/means.ts';
import { PopularityBaseline } from '../../models/baseline/popularity.ts';
import { RateBaseline } from '../../models/baseline/rate.ts';
import { ScoredPolicy } from '../../models/evaluation/scored-policy.ts';
import type { PredictionContext } from '../../models/policy.ts';
import { Simulator } from '../../models/reward/simulator.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import { madeExamples } from '../support/examples.ts';
import { withoutOutcomes } from '../support/without-outcomes.ts';

interface Predicting {
  learn(example: Example): unknown;
  predict(context: PredictionContext): ArrayLike<number>;
}

const valuesOf = <
  M extends {
    learn(example: Example): unknown;
    predictValues(context: PredictionContext): ArrayLike<number>;
  },
>(
  model: M,
): Predicting => ({
  learn: (example) => model.learn(example),
  predict: (context) => model.predictValues(context),
});

const made: Record<string, () => Predicting> = {
  millrace: () => millrace.create(),
  'values of millrace': () => valuesOf(millrace.create()),
  rate: () => new RateBaseline(),
  popularity: () => new PopularityBaseline(),
  means: () => new MeansBaseline(),
  'values of means': () => valuesOf(new MeanValues('means', { user: true, item: true })),
  'a scored linear policy': () => new ScoredPolicy(linUcb.create()),
  'a scored factorization': () => new ScoredPolicy(factorizationFtrl.create()),
  simulator: () => {
    const simulator = Simulator.load();
    return {
      learn: (example) => simulator.learn(example),
      predict: (context) => simulator.predict(context),
    };
  },
  'values of the simulator': () => {
    const simulator = Simulator.load();
    return {
      learn: (example) => simulator.learn(example),
      predict: (context) => simulator.predictValues(context),
    };
  },
};

describe('leakage', () => {
  it.each(Object.entries(made))('%s reads no outcome to predict', (_, make) => {
    const examples = madeExamples(40);
    const model = make();
    for (const example of examples.slice(0, 30)) model.learn(example);
    for (const example of examples.slice(30)) {
      const sealed = model.predict(withoutOutcomes(example));
      expect(sealed).toHaveLength(example.items.length);
      expect([...Array.from(model.predict(example))]).toEqual([...Array.from(sealed)]);
    }
  });

  it('does not compile: a prediction context has no outcomes', () => {
    const [example] = madeExamples(1);
    // @ts-expect-error positive is no field of it
    const cheat = ({ items }: PredictionContext) => items.map(({ positive }) => positive);
    // @ts-expect-error reward is no field of it
    const peek = ({ items }: PredictionContext) => items.map(({ reward }) => reward);
    for (const leak of [cheat, peek]) {
      expect(() => leak(withoutOutcomes(example!))).toThrow(RangeError);
    }
  });
});
