// Amazon 2018, Industrial and Scientific, as sequences: valid.csv and test.csv, a row for each item that a
// user came to next, and item.json with the texts. Ni, Li & McAuley 2019; files of MiniOneRec.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { MillraceError } from '../schemas/errors.ts';
import type { Item } from '../schemas/topics/items.ts';
import type { CsvOptions } from './csv.ts';
import type { Dataset } from './dataset.ts';
import { BadField, idField } from './fields.ts';
import { needFile } from './files.ts';
import { type LogRow, logRows } from './log-row.ts';
import { checkLog, type LogFormat, openLog } from './open-log.ts';
import { type Read, readable, readRows } from './rows.ts';
import { SlateSteps } from './slates.ts';

const NAME = 'amazon-industrial';

/** What a user came to after a history. */
export interface NextPurchase {
  readonly userId: string;
  /** Up to ten items before it, oldest first. */
  readonly history: readonly string[];
  readonly itemId: string;
}

const csv: CsvOptions = { columns: ['user_id', 'history_item_id', 'item_id'] };

function parse([userId = '', history = '', itemId = '']: string[]): NextPurchase {
  if (userId === '') throw new BadField('its user_id is empty');
  const list = /^\[([\d, ]*)\]$/.exec(history)?.[1];
  if (list === undefined) throw new BadField('its history_item_id is no list of numbers');
  const ids = list.split(',').map((id) => id.trim());
  return {
    userId,
    history: ids.filter((id) => id !== '').map((id) => idField('history_item_id', id)),
    itemId: idField('item_id', itemId),
  };
}

/**
 * The rows of a part in its order, which is that of time.
 * @throws MillraceError `dataset-file-missing`, `dataset-column-missing`, `dataset-file-unreadable`
 */
export async function* readPurchases(
  folder: string,
  part: 'valid' | 'test',
): AsyncGenerator<Read<NextPurchase>[]> {
  yield* readRows(await needFile(NAME, folder, [`${part}.csv`]), csv, parse);
}

const text = z.object({
  title: z.string().default(''),
  description: z.string().default(''),
  brand: z.string().default(''),
});
const texts = z.record(z.string(), text);

/**
 * Title, description and brand by item.
 * @throws MillraceError `dataset-file-missing`, `dataset-file-unreadable`
 */
export async function readTexts(folder: string): Promise<Map<string, z.infer<typeof text>>> {
  const path = await needFile(NAME, folder, ['item.json']);
  try {
    return new Map(Object.entries(texts.parse(JSON.parse(await readFile(path, 'utf8')))));
  } catch (cause) {
    throw new MillraceError({
      code: 'dataset-file-unreadable',
      what: `${basename(path)} is no object of texts by item.`,
      why: cause instanceof Error ? cause.message.slice(0, 200) : String(cause),
      todo: 'Check the file; if its download was cut short, get it again.',
      cause,
    });
  }
}

/** Row n is at hour n of the year 2018, from 0: the files tell the order alone. */
const atRow = (n: number) => Date.UTC(2018, 0, 1) + n * 3_600_000;

/** The rows of both parts; what a user came to, without the histories. */
async function* rowsOf(folder: string): AsyncGenerator<Read<LogRow>[]> {
  let n = 0;
  for (const part of ['valid', 'test'] as const) {
    for await (const batch of readPurchases(folder, part)) {
      yield batch.map((read) => {
        const at = atRow(n++);
        const { value, line } = read;
        if (value === null) return { ...read, value };
        const { userId, itemId } = value;
        return { ...read, value: { at, userId, itemId, code: 0, value: 1, line } };
      });
    }
  }
}

/** Reads the texts, which have no row that could not be read alone. */
async function* textsOf(folder: string): AsyncGenerator<Read<never>[]> {
  await readTexts(folder);
  yield [];
}

const format: LogFormat = {
  dataset: NAME,
  reads: rowsOf,
  sorting: logRows,
  catalogue: textsOf,
  attributionWindowMs: 1000,
  stepper: () =>
    new SlateSteps({
      dataset: NAME,
      size: 1,
      feedback: ({ value }) => ({ kind: 'buy', positive: true, value }),
    }),
};

export const amazonIndustrial: Dataset = {
  name: NAME,
  doc: `Amazon 2018, Industrial and Scientific (Ni et al. 2019), as the sequences of MiniOneRec: valid.csv, then
test.csv. A row is an impression of the one product that a user came to next, worth 1. The files have the
order of the rows and no times: row n is at hour n of 2018. The histories in the rows are not replayed;
evaluate sequential reads them. The logging policy is unknown; propensities are estimated from the
popularity before the row.`,
  attributionWindowMs: 1000,
  items,
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
};

/** The catalogue, by item.json; its brand is an item's group. */
async function* items(folder: string): AsyncGenerator<Item> {
  for (const [itemId, { title, brand }] of await readTexts(folder)) {
    const groups = brand === '' ? [] : [brand];
    const name = title === '' ? `product ${itemId}` : title;
    yield {
      itemId,
      at: 0,
      title: name,
      text: [name, ...groups].join(', '),
      groups,
      attributes: {},
    };
  }
}

/** Both parts in memory, for a protocol. Throws as `readPurchases` and `readTexts`. */
export async function readIndustrial(folder: string) {
  const [valid, test]: NextPurchase[][] = [[], []];
  for await (const one of readable(readPurchases(folder, 'valid'))) valid!.push(one);
  for await (const one of readable(readPurchases(folder, 'test'))) test!.push(one);
  return { valid: valid!, test: test!, texts: await readTexts(folder) };
}
