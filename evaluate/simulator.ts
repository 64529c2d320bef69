// `millrace evaluate simulator`: how far the simulator's answers are from those people gave later.
import { millrace } from '../models/bandit/millrace/learner.ts';
import { MeanValues } from '../models/baseline/mean-values.ts';
import { MeansBaseline } from '../models/baseline/means.ts';
import { PopularityBaseline } from '../models/baseline/popularity.ts';
import { RateBaseline } from '../models/baseline/rate.ts';
import { agreementRows } from '../models/evaluation/agreement.ts';
import type { Judge } from '../models/evaluation/ctr.ts';
import { FidelityEvaluation, type FidelityModel } from '../models/evaluation/fidelity.ts';
import type { PredictionContext } from '../models/policy.ts';
import { Simulator } from '../models/reward/simulator.ts';
import type { Example } from '../schemas/topics/examples.ts';
import type { Protocol } from './protocol.ts';
import { withScratch } from './scratch.ts';
import { simulatorLog, slatesOf } from './simulator/log.ts';
import { comparedPolicies } from './simulator/policies.ts';

/** Number of answers before the held-out part that the compared policies learn from. */
const policyAnswers = 20_000;

const stars = { low: 0.5, high: 5 };

export const simulator: Protocol = {
  name: 'simulator',
  doc: `Fidelity of the simulator on the last fifth of the logged feedback, held out by time: AUC, LogLoss,
ECE (ten bins of equal mass), Brier, and W1, the distance between the users' predicted and observed reward
rates. Zero-shot: what the language model says, untrained; calibrated: trained on the first part and
frozen; fine-tuned: learning goes on as feedback comes. Below, what policies would earn on the held-out
slates by the log (IPS) and by the calibrated simulator, and Kendall's τ between both orders. Vectors of
texts are made once and kept.`,
  datasets: ['movielens', 'mind'],
  async run({ dataset, folder, config, seed, signal, progress }) {
    return withScratch(async (scratch) => {
      const log = await simulatorLog(dataset, folder, scratch, config, signal, progress);
      const from = log.heldFrom;
      const policies = comparedPolicies();
      const judge = Simulator.load();
      const later: Example[] = [];
      const evaluation = new FidelityEvaluation(
        fidelityModels(),
        dataset === 'movielens' ? stars : null,
      );
      let said = 0;
      let n = 0;
      for await (const example of log.examples()) {
        signal.throwIfAborted();
        evaluation.take(example, n >= from);
        if (n >= from) later.push(example);
        else {
          judge.learn(example);
          if (n >= from - policyAnswers) for (const { learn } of policies) learn(example);
        }
        n += example.items.length;
        if (n - said < 20_000) continue;
        said = n;
        progress(`${n} answers read, ${evaluation.n} of them held out`);
      }
      const slates = slatesOf(later, log.index);
      const compared = policies.map(({ policy }) => policy);
      const rows = [...evaluation.rows(), ...agreementRows(compared, judge, slates)];
      return { protocol: 'simulator', dataset, n: evaluation.n, seed, rows };
    });
  },
};

function fidelityModels(): FidelityModel[] {
  const learner = millrace.create();
  const means = new MeansBaseline();
  const meanValues = new MeanValues('means', { user: true, item: true });
  return [
    { name: 'zero-shot', frozen: true, predict: zeroShot },
    simulated('calibrated', true),
    simulated('calibrated, no model', true, withoutModel),
    simulated('calibrated, no memory', true, withoutMemory),
    simulated('fine-tuned', false),
    simulated('fine-tuned, no model', false, withoutModel),
    { ...trained(learner), predictValues: (example) => learner.predictValues(example) },
    {
      ...trained(means),
      predictValues: (example) => meanValues.predictValues(example),
      learn: (example) => {
        means.learn(example);
        meanValues.learn(example);
      },
    },
    trained(new PopularityBaseline()),
    trained(new RateBaseline()),
  ];
}

/** A baseline as a model that learns while feedback comes. */
function trained(model: Judge): FidelityModel {
  return {
    name: model.name,
    frozen: false,
    predict: (example) => model.predict(example),
    learn: (example) => model.learn(example),
  };
}

/** The cosine as a probability, 0 to 1; one half for an item that the model has no vector of. */
function zeroShot({ items }: PredictionContext): Float64Array {
  return Float64Array.from(items, ({ similarity }) => (1 + (similarity ?? 0)) / 2);
}

function simulated(
  name: string,
  frozen: boolean,
  seen: <S extends PredictionContext>(slate: S) => S = (slate) => slate,
): FidelityModel {
  const one = Simulator.load();
  return {
    name,
    frozen,
    predict: (context) => one.predict(seen(context)),
    predictValues: (context) => one.predictValues(seen(context)),
    learn: (example) => one.learn(seen(example)),
  };
}

function withoutModel<S extends PredictionContext>(slate: S): S {
  return { ...slate, items: slate.items.map((item) => ({ ...item, similarity: null })) };
}

/** The slate with a user of whom nothing is known but the counts. */
function withoutMemory<S extends PredictionContext>(slate: S): S {
  return { ...slate, state: { ...slate.state, recent: [], groups: [] } };
}
