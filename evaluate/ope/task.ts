// A log and a policy to be judged by it, as the estimators want them.
import type { ReportOptions } from '../../models/ope/report.ts';
import type { ModelledRounds } from '../../models/ope/rounds.ts';
import {
  missingSupport,
  rewardTable,
  type Table,
  type TabularLog,
} from '../../models/ope/tabular.ts';
import { sequentialRounds, tabularRounds } from '../../models/ope/tabular-rounds.ts';
import type { OpenBanditTask } from './open-bandit.ts';

export interface OffPolicyTask {
  /** Name of the data, such as `open-bandit` or `impressions`. */
  readonly dataset: string;
  /** Names of the policy that logged and of the one judged: `random->bts`. */
  readonly direction: string;
  readonly rounds: ModelledRounds;
  /** Options of the report beside the seed. */
  readonly options: Omit<ReportOptions, 'seed'>;
  readonly missingSupport: number | null;
  /** Number of rows of the log that could not be read. */
  readonly unreadable: number;
}

export function openBanditReport(task: OpenBanditTask): OffPolicyTask {
  const { log, policy, logged, judged } = task;
  return {
    dataset: 'open-bandit',
    direction: `${logged}->${judged}`,
    rounds: tabularRounds(log, policy, rewardTable(log)),
    options: {
      unitRewards: true,
      ...(logged === 'random' ? { maxWeight: againstChance(log, policy) } : {}),
      sequential: sequentialRounds(log, policy),
    },
    missingSupport: missingSupport(log, policy),
    unreadable: task.unreadable,
  };
}

/** Largest weight that the policy can have on a log by chance. On a log by bts there is no bound. */
function againstChance({ actionCount }: TabularLog, { values }: Table): number {
  return actionCount * values.reduce((most, p) => Math.max(most, p), 0);
}
