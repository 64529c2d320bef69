// The Open Bandit logs as tables: an item is an action, its position the context.
import {
  type OpenBanditLog,
  type OpenBanditPolicy,
  readBtsTable,
  readOpenBandit,
} from '../../datasets/open-bandit.ts';
import type { Table, TabularLog } from '../../models/ope/tabular.ts';
import { MillraceError } from '../../schemas/errors.ts';

/** The log of one policy, and the other policy, which is judged by it. */
export interface OpenBanditTask {
  readonly logged: OpenBanditPolicy;
  readonly judged: OpenBanditPolicy;
  readonly log: TabularLog;
  readonly policy: Table;
  /** Number of rows of the log that could not be read. */
  readonly unreadable: number;
}

/**
 * @throws MillraceError as `readOpenBandit`, and `ope-policy-unknown` without a table of the policy
 */
export async function openBanditTask(
  folder: string,
  campaign: string,
  judged: OpenBanditPolicy,
): Promise<OpenBanditTask> {
  const logged = judged === 'bts' ? 'random' : 'bts';
  const read = await readOpenBandit(folder, campaign, logged);
  const log = tabularLog(read);
  const task = { logged, judged, log, unreadable: read.unreadable } as const;
  if (judged === 'random') return { ...task, policy: uniform(log) };
  const table = await readBtsTable(folder, campaign);
  if (table === null || table.length !== log.actionCount) {
    throw new MillraceError({
      code: 'ope-policy-unknown',
      what: `There is no table of what bts would show in the campaign ${campaign}.`,
      why: 'It is read from reference.json in the folder, one row an item of the campaign.',
      todo: 'Put reference.json there, or judge the policy random.',
    });
  }
  return { ...task, policy: byContext(table, log.contextCount) };
}

function tabularLog({ rounds, items, positions }: OpenBanditLog): TabularLog {
  return {
    contexts: Int32Array.from(rounds, ({ position }) => position),
    actions: Int32Array.from(rounds, ({ item }) => item),
    rewards: Float64Array.from(rounds, ({ click }) => click),
    propensities: Float64Array.from(rounds, ({ propensity }) => propensity),
    contextCount: positions,
    actionCount: items,
  };
}

function uniform({ contextCount, actionCount }: TabularLog): Table {
  const values = new Float64Array(contextCount * actionCount).fill(1 / actionCount);
  return { values, actions: actionCount };
}

/** A table of items × positions as one of positions × items. */
function byContext(table: readonly (readonly number[])[], contexts: number): Table {
  const actions = table.length;
  const values = new Float64Array(contexts * actions);
  for (const [action, row] of table.entries()) {
    for (let context = 0; context < contexts; context++) {
      values[context * actions + action] = row[context] ?? 0;
    }
  }
  return { values, actions };
}
