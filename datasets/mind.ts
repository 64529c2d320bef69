// MIND: behaviors.tsv and news.tsv, as Microsoft gives them. Wu et al. 2020, ACL.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Item } from '../schemas/topics/items.ts';
import type { CsvOptions } from './csv.ts';
import type { Dataset } from './dataset.ts';
import { BadField, idField } from './fields.ts';
import { needFile } from './files.ts';
import { type MindPage, MindSteps, PAGE_WINDOW_MS, wordsOf } from './mind-steps.ts';
import { checkLog, type LogFormat, openLog } from './open-log.ts';
import { type Read, readable, readRows } from './rows.ts';
import { sortingBy } from './sort.ts';

const tabs = { header: false, separator: '\t' } as const;

/** A news id with its label. */
const LABELLED = /^\w+-[01]$/;

const COLUMNS = ['impression id', 'user', 'time', 'history', 'impressions'];

function pageOf(
  [id = '', userId = '', time = '', history = '', shown = '']: string[],
  line: number,
) {
  if (userId === '') throw new BadField('its user is empty');
  const odd = wordsOf(shown).find((word) => !LABELLED.test(word));
  if (odd !== undefined) throw badItem(odd);
  return {
    id: Number(idField('impression id', id)),
    at: mindTime(time),
    userId,
    history,
    shown,
    line,
  };
}

/**
 * The folder itself, or the splits in it, such as MINDlarge_train and MINDlarge_dev, the earlier first; a test
 * split has no labels and is left out.
 */
async function splitsOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  if (names.some((name) => /^behaviors\.tsv(?:\.gz)?$/.test(name))) return [''];
  const order = ['train', 'dev', 'valid'];
  const rank = (name: string) => order.indexOf(/(?:^|_)(train|dev|valid)$/.exec(name)?.[1] ?? '');
  const splits = names.filter((name) => rank(name) >= 0).sort((a, b) => rank(a) - rank(b));
  return splits.length > 0 ? splits : [''];
}

async function* readPages(folder: string): AsyncGenerator<Read<MindPage>[]> {
  for (const split of await splitsOf(folder)) {
    const path = await needFile('mind', join(folder, split), ['behaviors.tsv']);
    yield* named(split, readRows(path, { columns: COLUMNS, ...tabs }, pageOf));
  }
}

/** Reads with the split before the name of the file. */
async function* named<T>(split: string, reads: AsyncIterable<Read<T>[]>) {
  for await (const batch of reads) {
    yield split === '' ? batch : batch.map((one) => ({ ...one, origin: `${split}/${one.origin}` }));
  }
}

const news: CsvOptions = {
  columns: [
    'id',
    'category',
    'subcategory',
    'title',
    'abstract',
    'url',
    'entities',
    'entities of it',
  ],
  ...tabs,
};

const format: LogFormat<MindPage> = {
  dataset: 'mind',
  reads: readPages,
  sorting: sortingBy(
    (a, b) => a.at - b.at || (a.file ?? 0) - (b.file ?? 0) || a.id - b.id || a.line - b.line,
    (a, b) => a.id === b.id && a.at === b.at && a.userId === b.userId && a.file === b.file,
  ),
  // A page is some thousand characters: about 20 MB.
  runRows: 20_000,
  catalogue: readNews,
  attributionWindowMs: PAGE_WINDOW_MS,
  stepper: () => new MindSteps(),
};

export const mind: Dataset = {
  name: 'mind',
  doc: `MIND (Wu et al. 2020, ACL), behaviors.tsv and news.tsv, or the folders of several splits (MINDlarge_train, MINDlarge_dev). A page of news is an impression; its clicks,
worth 1, have the time of the page, for the set has none of their own. It shuffles the items of a page:
their positions are all 0. What a user clicked before the log is clicks that name no impression, at the
time the log begins. Pages of a user less than 30 minutes apart form a session. Times are taken as UTC.
The logging policy is unknown; propensities are estimated from the popularity before the page.`,
  attributionWindowMs: PAGE_WINDOW_MS,
  items: catalogue,
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
};

/** The catalogue: each news once, though the splits share most. Memory: one id a news. */
async function* catalogue(folder: string): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for await (const item of readable(readNews(folder))) {
    if (!seen.has(item.itemId)) yield item;
    seen.add(item.itemId);
  }
}

async function* readNews(folder: string): AsyncGenerator<Read<Item>[]> {
  for (const split of await splitsOf(folder)) yield* named(split, newsOf(join(folder, split)));
}

async function* newsOf(folder: string): AsyncGenerator<Read<Item>[]> {
  const path = await needFile('mind', folder, ['news.tsv']);
  yield* readRows(
    path,
    news,
    ([itemId = '', category = '', subcategory = '', title = '', abstract]) => {
      if (itemId === '') throw new BadField('its id is empty');
      return {
        itemId,
        at: 0,
        title,
        text: abstract ? `${title}. ${abstract}` : title,
        groups: [category, subcategory],
        attributes: {},
      };
    },
  );
}

/** Why an item of a page cannot be read. */
function badItem(word: string): BadField {
  return /^\w+$/.test(word)
    ? new BadField(`${word} has no label 0 or 1, as in a test split: give train or dev`)
    : new BadField(`${word} is not a news id with 0 or 1`);
}

const TIME = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d):(\d\d) (AM|PM)$/;

/** A time such as `11/12/2019 2:14:46 PM`, as ms since the epoch. */
function mindTime(text: string): number {
  const found = TIME.exec(text);
  if (!found) throw new BadField(`${text} is not a time such as 11/12/2019 2:14:46 PM`);
  const [month, day, year, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const hours = (hour % 12) + (found[7] === 'PM' ? 12 : 0);
  return Date.UTC(year, month - 1, day, hours, minute, second);
}
