// Do policies come in the same order in simulation as on the log?
//
// A slate of the log says what came of each of its items. Taken as so many rounds of a logging policy
// that draws one of the n at random, with propensity 1/n (the supervised-to-bandit conversion of Dudík,
// Langford & Li 2011), it values a policy that picks one of them, by IPS; in simulation the same picks
// earn what the simulator expects of them.
import type { Example } from '../../schemas/topics/examples.ts';
import { type Exploration, toProbabilities } from '../exploration.ts';
import { kendall } from '../metrics/kendall.ts';
import { ips } from '../ope/ips.ts';
import { clustered, errorOf, estimateOf } from '../ope/rounds.ts';
import type { Policy, PredictionContext } from '../policy.ts';
import type { EvaluationRow } from './evaluation.ts';

const exploration: Exploration = { temperature: 1, floor: 0.05 };

/** A model that judges the same picks as the log. */
interface Judge {
  predict(context: PredictionContext): ArrayLike<number>;
}

/** Values of the policies, likes a pick, by the log with its error and by simulation; then τ of the orders. */
export function agreementRows(
  policies: readonly Policy[],
  simulator: Judge,
  slates: readonly Example[],
): EvaluationRow[] {
  const clusters = Int32Array.from(slates.flatMap(({ items }, s) => items.map(() => s)));
  const rewards = Float64Array.from(
    slates.flatMap(({ items }) => items.map(({ positive }) => (positive ? 1 : 0))),
  );
  // A slate of n is n rounds: each weighs as much as the slate's share.
  const scale = clusters.length / slates.length;
  const imagined = slates.map((slate) => simulator.predict(slate));
  const values = policies.map((policy) => {
    const picks = slates.map((slate) => probabilities(policy, slate));
    const weights = Float64Array.from(picks.flatMap((p) => Array.from(p, (one) => one * scale)));
    const terms = clustered(ips({ weights, rewards }), clusters);
    const simulated = picks.reduce(
      (sum, p, s) => sum + p.reduce((all, one, i) => all + one * imagined[s]![i]!, 0),
      0,
    );
    return {
      model: policy.name,
      logged: estimateOf(terms),
      standardError: errorOf(terms),
      simulated: simulated / slates.length,
    };
  });
  const span = 'all' as const;
  const tau = kendall(
    values.map(({ logged }) => logged),
    values.map(({ simulated }) => simulated),
  );
  return [
    ...values.flatMap(({ model, logged, standardError, simulated }) => [
      { model: `policy ${model}`, metric: 'IPS', span, value: logged, standardError },
      { model: `policy ${model}`, metric: 'simulated', span, value: simulated },
    ]),
    { model: 'policies', metric: 'Kendall', span, value: tau },
  ];
}

function probabilities(policy: Policy, { at, state, items }: Example): Float64Array {
  const candidates = items.map(({ itemId, groups, similarity }) => ({
    itemId,
    groups,
    similarity,
  }));
  return toProbabilities(policy.scores({ at, k: 1, state, candidates }), exploration);
}
