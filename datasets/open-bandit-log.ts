// The Open Bandit data as a log to replay: a round is an impression of one item, with its own propensity.
import { dirname } from 'node:path';
import { loggedClick, loggedImpression } from '../schemas/logged-events.ts';
import type { Item } from '../schemas/topics/items.ts';
import type { Dataset, LogStep } from './dataset.ts';
import { idField } from './fields.ts';
import { needFile } from './files.ts';
import {
  denseRanks,
  type OpenBanditPolicy,
  type OpenBanditRound,
  parseRound,
  ROUND_COLUMNS,
} from './open-bandit.ts';
import { checkLog, type LogFormat, openLog } from './open-log.ts';
import { type CsvLog, type Read, readable, readCsvLog, readRows } from './rows.ts';
import { Sessions, sessionStep } from './sessions.ts';
import { sortingBy } from './sort.ts';
import type { Stepper } from './stepper.ts';

interface Round extends OpenBanditRound {
  readonly at: number;
  readonly line: number;
}

/** What the steps have to know of the whole log; it is there once the rows are read. */
interface Campaign {
  /** Number of items. */
  items: number;
  readonly positions: Set<number>;
}

/** A round and its click are one row, so the delay is 0; a window needs some length all the same. */
const WINDOW_MS = 1000;

class RoundSteps implements Stepper<Round> {
  readonly #sessions = new Sessions('open-bandit');
  readonly #items: number;
  readonly #ranks: ReadonlyMap<number, number>;

  constructor({ items, positions }: Campaign) {
    this.#items = items;
    this.#ranks = denseRanks([...positions]);
  }

  push(round: Round, before: number, out: LogStep[]): void {
    const { at, line, item, propensity, click } = round;
    const [impressionId, userId, itemId] = [`open-bandit-${line}`, `visitor-${line}`, `${item}`];
    out.push(sessionStep(this.#sessions.touch(userId, at).session, at, before));
    const impression = loggedImpression(
      {
        ...{ impressionId, userId, at },
        candidateCount: this.#items,
        propensitySource: 'drawn',
        slateLogProb: Math.log(propensity),
      },
      [
        {
          itemId,
          position: this.#ranks.get(round.position)!,
          score: Math.log(propensity),
          propensity,
        },
      ],
    );
    out.push({ kind: 'impression', at, rows: 1, impression });
    if (click === 0) return;
    const clicked = loggedClick({ clickId: impressionId, impressionId, userId, itemId, at });
    out.push({ kind: 'click', at, rows: 0, click: clicked });
  }

  finish(): void {
    // Nothing is held back: a round is complete with its own row.
  }
}

/**
 * @param policies whose log it may be, the preferred one first
 * @param campaigns likewise
 */
export function openBanditLog(
  policies: readonly OpenBanditPolicy[] = ['random', 'bts'],
  campaigns: readonly string[] = ['men', 'women', 'all'],
): Dataset {
  const rounds: CsvLog<Round> = {
    dataset: 'open-bandit',
    names: [
      ...policies.flatMap((policy) => campaigns.map((one) => `${policy}/${one}/${one}.csv`)),
      ...campaigns.map((one) => `${one}.csv`),
    ],
    csv: { columns: ROUND_COLUMNS },
    read: (fields) => {
      const round = parseRound(fields);
      return { ...round, at: Date.parse(round.timestamp.replace(' ', 'T')) };
    },
  };
  async function* readItems(folder: string): AsyncGenerator<Read<Item>[]> {
    const place = dirname(await needFile('open-bandit', folder, rounds.names));
    const path = await needFile('open-bandit', place, ['item_context.csv']);
    yield* readRows(path, { columns: ['item_id'] }, ([id = '']): Item => {
      const title = `item ${idField('item_id', id)}`;
      return { itemId: id, at: 0, title, text: title, groups: [], attributes: {} };
    });
  }
  async function* readRounds(folder: string, campaign: Campaign): AsyncGenerator<Read<Round>[]> {
    for await (const _ of readable(readItems(folder))) campaign.items += 1;
    for await (const batch of readCsvLog(rounds, folder)) {
      for (const { value } of batch) if (value) campaign.positions.add(value.position);
      yield batch;
    }
  }
  const formatOf = (): LogFormat<Round> => {
    const campaign: Campaign = { items: 0, positions: new Set() };
    return {
      dataset: 'open-bandit',
      reads: (folder) => readRounds(folder, campaign),
      sorting: sortingBy(byTime),
      // A round is some 300 bytes: about 60 MB.
      runRows: 150_000,
      catalogue: readItems,
      attributionWindowMs: WINDOW_MS,
      stepper: () => new RoundSteps(campaign),
    };
  };
  return {
    name: 'open-bandit',
    doc: `Open Bandit (Saito et al. 2021), <policy>/<campaign>/<campaign>.csv and item_context.csv; the log of
random and the campaign men where there are several, or name the folder of one log. A round is an
impression of one item at its position, with the propensity it was drawn with; its click is worth 1. The
set names no visitors: each round is of one of its own, so no user has a history.`,
    attributionWindowMs: WINDOW_MS,
    items: (folder) => readable(readItems(folder)),
    check: (folder) => checkLog(formatOf(), folder),
    open: (folder, options) => openLog(formatOf(), folder, options),
  };
}

export const openBandit = openBanditLog();

/** Orders rounds by time, to the microsecond, as the file has it. */
function byTime(a: Round, b: Round): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  return a.line - b.line;
}
