// `millrace evaluate ope`: every estimator on both directions of Open Bandit, each policy judged by
// the log of the other one.
import { estimatorNamed } from '../models/ope/estimators.ts';
import { type Estimate, estimateAll } from '../models/ope/report.ts';
import { errorOf, estimateOf, type ModelledRounds } from '../models/ope/rounds.ts';
import { openBanditTask } from './ope/open-bandit.ts';
import { openBanditReport } from './ope/task.ts';
import type { Protocol } from './protocol.ts';

/**
 * Fixed values of λ, so that estimates can be compared with another library's; they stand beside
 * those SLOPE chose.
 */
const fixed = [
  ...[0.5, 1, 2, 5, 10, 100].map((lambda) => `switch-dr(${lambda})`),
  ...[1, 5, 10, 50, 100, 1000].map((lambda) => `dr-os(${lambda})`),
  'sg-dr(0.1)',
  'sg-ipw(0.1)',
];

export const ope: Protocol = {
  name: 'ope',
  doc: `Off-policy evaluation: the value of bts by the log of random, and the other way round, by every
estimator of docs/ope.md, at the λ that SLOPE chose and at fixed ones.`,
  datasets: ['open-bandit'],
  async run({ dataset, folder, campaign, seed, progress }) {
    const reports = [];
    for (const judged of ['bts', 'random'] as const) {
      const task = openBanditReport(await openBanditTask(folder, campaign, judged));
      progress(`${task.direction}: ${task.rounds.rewards.length} rounds`);
      const chosen = estimateAll(task.rounds, { ...task.options, seed });
      const names = new Set(chosen.map(({ estimator }) => estimator));
      const others = fixed.filter((name) => !names.has(name));
      reports.push({ task, estimates: [...chosen, ...others.map(estimateBy(task.rounds))] });
    }
    return {
      protocol: 'ope',
      dataset,
      n: reports[0]!.task.rounds.rewards.length,
      seed,
      rows: reports.flatMap(({ task, estimates }) =>
        estimates.map(({ estimator, value, standardError }) => ({
          model: task.direction,
          metric: estimator,
          span: 'all' as const,
          value,
          standardError,
        })),
      ),
    };
  },
};

const estimateBy =
  (rounds: ModelledRounds) =>
  (name: string): Pick<Estimate, 'estimator' | 'value' | 'standardError'> => {
    const terms = estimatorNamed(name)!.terms(rounds);
    return { estimator: name, value: estimateOf(terms), standardError: errorOf(terms) };
  };
