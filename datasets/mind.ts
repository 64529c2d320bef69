// MIND: behaviors.tsv and news.tsv, as Microsoft gives them. Wu et al. 2020, ACL.
import { basename } from 'node:path';
import { MillraceError } from '../schemas/errors.ts';
import type { Item } from '../schemas/topics/items.ts';
import { BadField, idField } from './fields.ts';
import { needFile } from './files.ts';
import { readLines, textOf } from './lines.ts';

/** A page of news as it was shown; the set shuffles the order within it. */
export interface MindImpression {
  readonly id: number;
  /** ms since the epoch; the file's times are taken as UTC. */
  readonly at: number;
  readonly userId: string;
  /** News the user clicked before the log begins, oldest first. */
  readonly history: readonly string[];
  readonly items: readonly { readonly itemId: string; readonly clicked: boolean }[];
}

export interface MindLog {
  /** In order of time, then id. */
  readonly impressions: readonly MindImpression[];
  /** Lines that could not be read. */
  readonly unreadable: number;
}

/** @throws MillraceError `dataset-file-missing`, `dataset-file-unreadable`, `dataset-empty` */
export async function readMind(folder: string): Promise<MindLog> {
  const path = await needFile('mind', folder, ['behaviors.tsv']);
  const impressions: MindImpression[] = [];
  let unreadable = 0;
  for await (const fields of readTsv(path)) {
    const impression = unlessBad(() => parseImpression(fields));
    if (impression === null) unreadable += 1;
    else impressions.push(impression);
  }
  if (impressions.length === 0) {
    throw new MillraceError({
      code: 'dataset-empty',
      what: `${basename(path)} has no row that can be read.`,
      why: unreadable > 0 ? `All of its ${unreadable} rows are malformed.` : 'It has no rows.',
      todo: 'Check that it is the mind log in its official format.',
    });
  }
  impressions.sort((a, b) => a.at - b.at || a.id - b.id);
  return { impressions, unreadable };
}

/** The catalogue. Rows that cannot be read are passed over. @throws MillraceError `dataset-file-missing` */
export async function* readMindNews(folder: string): AsyncGenerator<Item> {
  const path = await needFile('mind', folder, ['news.tsv']);
  for await (const [itemId, category, subcategory, title, abstract] of readTsv(path)) {
    if (!itemId || !category || !subcategory || title === undefined) continue;
    yield {
      itemId,
      at: 0,
      title,
      text: abstract ? `${title}. ${abstract}` : title,
      groups: [category, subcategory],
      attributes: {},
    };
  }
}

async function* readTsv(path: string): AsyncGenerator<string[]> {
  for await (const { lines } of readLines(path)) {
    for (const line of lines) if (line !== '') yield textOf(line).split('\t');
  }
}

function unlessBad<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof BadField) return null;
    throw error;
  }
}

function parseImpression(fields: readonly string[]): MindImpression {
  if (fields.length !== 5) throw new BadField(`it has ${fields.length} fields instead of 5`);
  const [id, userId, time, history, shown] = fields as [string, string, string, string, string];
  if (userId === '') throw new BadField('its user is empty');
  return {
    id: Number(idField('impression id', id)),
    at: mindTime(time),
    userId,
    history: words(history),
    items: words(shown).map((word) => {
      const found = /^(\w+)-([01])$/.exec(word);
      if (!found) throw new BadField(`${word} is not a news id with 0 or 1`);
      return { itemId: found[1]!, clicked: found[2] === '1' };
    }),
  };
}

const words = (text: string) => text.split(' ').filter((word) => word !== '');

const TIME = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d):(\d\d) (AM|PM)$/;

/** `11/12/2019 2:14:46 PM` as ms since the epoch. */
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
