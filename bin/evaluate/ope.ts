// `millrace evaluate ope`: every estimator on both directions of Open Bandit, each policy judged by
// the log of the other one.
import { estimateAll } from '../../models/ope/report.ts';
import { openBanditTask } from '../ope/open-bandit.ts';
import { openBanditReport } from '../ope/task.ts';
import type { Protocol } from './protocol.ts';

export const ope: Protocol = {
  name: 'ope',
  doc: `Off-policy evaluation: the value of bts by the log of random, and the other way round, by every
estimator of docs/ope.md.`,
  datasets: ['open-bandit'],
  async run({ dataset, folder, campaign, seed, progress }) {
    const reports = [];
    for (const judged of ['bts', 'random'] as const) {
      const task = openBanditReport(await openBanditTask(folder, campaign, judged));
      progress(`${task.direction}: ${task.rounds.rewards.length} rounds`);
      reports.push({ task, estimates: estimateAll(task.rounds, { ...task.options, seed }) });
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
