// The Open Bandit logs as tables: an item is an action, its position the context.
import {
  type OpenBanditLog,
  type OpenBanditPolicy,
  readBtsTable,
  readOpenBandit,
} from '../../datasets/open-bandit.ts';
import { btsPriors } from '../../datasets/open-bandit-prior.ts';
import type { Table, TabularLog } from '../../models/ope/tabular.ts';
import { thompsonRanks } from '../../models/ope/thompson-ranks.ts';
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
 * What bts shows is worked out from its prior, unless the folder has a table (`readBtsTable`).
 * @throws MillraceError as `readOpenBandit`, and `ope-policy-unknown` for bts in a campaign of one's own
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
  const table = (await readBtsTable(folder, campaign)) ?? tableOfPrior(campaign, log.contextCount);
  if (table?.length !== log.actionCount) {
    throw new MillraceError({
      code: 'ope-policy-unknown',
      what: `It is not known what bts would show in the campaign ${campaign}.`,
      why: table
        ? `There are ${table.length} items in what is known of it, and ${log.actionCount} in the log.`
        : `Its prior is known in the campaigns ${[...btsPriors.keys()].join(', ')}.`,
      todo: 'Give the official download with its item_context.csv, put a table into reference.json in the folder, or judge the policy random.',
    });
  }
  return { ...task, policy: byContext(table, log.contextCount) };
}

/** What bts shows by its prior, by item and position; undefined in a campaign that has none. */
function tableOfPrior(campaign: string, positions: number): number[][] | undefined {
  const priors = btsPriors.get(campaign);
  return (
    priors &&
    thompsonRanks(
      priors.map(([alpha, beta]) => ({ alpha, beta })),
      positions,
    )
  );
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
