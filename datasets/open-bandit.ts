// The Open Bandit data: rounds of two fashion recommenders, with the propensities they drew with.
// Saito, Aihara, Matsutani & Narita 2021. Official layout: <policy>/<campaign>/<campaign>.csv.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MillraceError } from '../schemas/errors.ts';
import { BadField, idField, numberField } from './fields.ts';
import { findFile, needFile } from './files.ts';
import { readRows } from './rows.ts';

/**
 * Policy of a log. `random`: uniform over the campaign's items; `bts`: Bernoulli Thompson sampling.
 */
export type OpenBanditPolicy = 'random' | 'bts';

/** One item at one position of a page. */
export interface OpenBanditRound {
  /**
   * Time as in the file, such as `2019-11-24 00:03:13.442536+00:00`: to the microsecond, in UTC.
   */
  readonly timestamp: string;
  readonly item: number;
  /** Position, from 0: the file's positions, ranked without gaps. */
  readonly position: number;
  readonly click: 0 | 1;
  /** Probability that the policy showed the item at the position. */
  readonly propensity: number;
}

export interface OpenBanditLog {
  /** Rounds in order of the timestamp. */
  readonly rounds: readonly OpenBanditRound[];
  readonly items: number;
  readonly positions: number;
  /** Number of rows that could not be read. */
  readonly unreadable: number;
}

/** Columns of the log, in the order that `parseRound` takes them. */
export const ROUND_COLUMNS = ['timestamp', 'item_id', 'position', 'click', 'propensity_score'];
const TIMESTAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00:00$/;

/**
 * Reads the rounds of a policy and campaign.
 * @param folder folder that holds `random/` and `bts/`
 * @throws MillraceError `dataset-file-missing`, `dataset-column-missing`, `dataset-empty`
 */
export async function readOpenBandit(
  folder: string,
  campaign: string,
  policy: OpenBanditPolicy,
): Promise<OpenBanditLog> {
  const place = join(folder, policy, campaign);
  const path = await needFile('open-bandit', place, [`${campaign}.csv`]);
  const rounds: OpenBanditRound[] = [];
  let unreadable = 0;
  let reason = '';
  for await (const batch of readRows(path, { columns: ROUND_COLUMNS }, parseRound)) {
    for (const { value, line, reason: why } of batch) {
      if (value !== null) rounds.push(value);
      else if (unreadable++ === 0) reason = ` The first, line ${line}: ${why}.`;
    }
  }
  if (rounds.length === 0) {
    throw new MillraceError({
      code: 'dataset-empty',
      what: `No row of ${policy}/${campaign}/${campaign}.csv can be read.`,
      why: `${unreadable} rows were tried.${reason}`,
      todo: 'Give the folder of the official Open Bandit download.',
    });
  }
  rounds.sort((a, b) => (a.timestamp < b.timestamp ? -1 : Number(a.timestamp > b.timestamp)));
  const ranks = denseRanks(rounds.map(({ position }) => position));
  const last = await lastItem(place);
  return {
    rounds: rounds.map((round) => ({ ...round, position: ranks.get(round.position)! })),
    items: rounds.reduce((most, { item }) => Math.max(most, item + 1), last + 1),
    positions: ranks.size,
    unreadable,
  };
}

/** The round in a row. @throws BadField */
export function parseRound([
  timestamp,
  item,
  position,
  click,
  propensity,
]: string[]): OpenBanditRound {
  if (!TIMESTAMP.test(timestamp!)) throw new BadField(`timestamp ${timestamp} is not one in UTC`);
  if (click !== '0' && click !== '1') throw new BadField(`click ${click} is not 0 or 1`);
  const probability = numberField('propensity_score', propensity!, 0, 1);
  if (probability === 0) throw new BadField('propensity_score is 0 for an item that was shown');
  return {
    timestamp: timestamp!,
    item: Number(idField('item_id', item!)),
    position: Number(idField('position', position!)),
    click: click === '1' ? 1 : 0,
    propensity: probability,
  };
}

/**
 * The largest item number of the catalogue, which a small log need not show; −1 without the file.
 */
async function lastItem(place: string): Promise<number> {
  const path = await findFile(place, ['item_context.csv']);
  let last = -1;
  if (path === null) return last;
  const item = ([id]: string[]) => Number(idField('item_id', id!));
  for await (const batch of readRows(path, { columns: ['item_id'] }, item)) {
    for (const { value } of batch) last = Math.max(last, value ?? -1);
  }
  return last;
}

export function denseRanks(values: readonly number[]): Map<number, number> {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  return new Map(distinct.map((value, rank) => [value, rank]));
}

const reference = z.object({
  campaign: z.string(),
  bts_table: z.array(z.array(z.number().min(0).max(1)).nonempty()).nonempty(),
});

/**
 * A table of what bts shows, as probabilities by item and position, from `reference.json` of the
 * folder, which no download has: another library's table, for one. Null if the file is missing or of
 * another campaign.
 * @throws MillraceError `dataset-file-unreadable`
 */
export async function readBtsTable(folder: string, campaign: string): Promise<number[][] | null> {
  const path = await findFile(folder, ['reference.json']);
  if (path === null) return null;
  try {
    const found = reference.parse(JSON.parse(await readFile(path, 'utf8')));
    return found.campaign === campaign ? found.bts_table : null;
  } catch (cause) {
    throw new MillraceError({
      code: 'dataset-file-unreadable',
      what: 'reference.json of the Open Bandit folder does not hold a policy table.',
      why: cause instanceof Error ? cause.message : String(cause),
      todo: 'Check the file; it needs campaign and bts_table (items × positions).',
      cause,
    });
  }
}
