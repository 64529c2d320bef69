// RecBole's atomic files as a log to replay: the door to the sets that its authors give in this form.
import type { Item } from '../schemas/topics/items.ts';
import type { RowDataset } from './dataset.ts';
import { millisField, numberField, secondsField, wordField } from './fields.ts';
import { type LogRow, logRows } from './log-row.ts';
import type { LogUser } from './log-user.ts';
import { checkLog, type LogFormat, openLog, openRows } from './open-log.ts';
import {
  atomic,
  atomicFiles,
  columnsOf,
  interactionsOf,
  keyOf,
  withoutColumns,
} from './recbole-files.ts';
import { readItems, unknownItem } from './recbole-items.ts';
import { type Read, readable, readRows } from './rows.ts';
import { SingleSteps } from './single-steps.ts';
import { readUserTable } from './user-table.ts';

/** What a row says of its item. */
const TAKEN = 1;
const RATED = 2;

/** Share of the largest rating from which one counts as a click: 4 of 5, 8 of 10. */
const LIKED = 0.8;
/** Times from here on are in ms: in seconds they would be of the year 5138. */
const MILLIS = 1e11;
/** Without times, row n is n seconds after this. */
const START = Date.UTC(2000, 0, 1);

/** @param most largest rating so far, which grows as rows are read */
async function* readRowsOf(folder: string, most = { rating: 0 }): AsyncGenerator<Read<LogRow>[]> {
  let n = 0;
  for (const path of await atomicFiles(folder, 'inter')) {
    const { user, item, time, label, rating } = await interactionsOf(folder, path);
    if (!user || !item)
      throw withoutColumns(
        path,
        (await columnsOf(path)).map((c) => c.full),
      );
    const value = label ?? rating;
    const columns = [user, item, ...(time ? [time] : []), ...(value ? [value] : [])];
    const csv = { columns: columns.map(({ full }) => full), ...atomic };
    yield* readRows(path, csv, (fields, line) => {
      n += 1;
      const [userId = '', itemId = '', ...rest] = fields;
      const at = time ? timeOf(time.name, rest.shift() ?? '') : START + n * 1000;
      const row = {
        at,
        userId: wordField(user.name, userId),
        itemId: wordField(item.name, itemId),
        line,
      };
      if (!value) return { ...row, code: TAKEN, value: 1 };
      const figure = numberField(value.name, rest[0] ?? '', -1e9, 1e9);
      if (label) return { ...row, code: figure > 0 ? TAKEN : 0, value: figure > 0 ? 1 : 0 };
      most.rating = Math.max(most.rating, figure);
      return { ...row, code: RATED, value: figure };
    });
  }
}

function timeOf(name: string, text: string): number {
  return Number(text) >= MILLIS ? millisField(name, text) : secondsField(name, text);
}

async function* readUsers(folder: string): AsyncGenerator<Read<LogUser>[]> {
  const key = await keyOf(folder, 'user');
  if (key === undefined) return;
  for (const path of await atomicFiles(folder, 'user')) {
    for await (const batch of readUserTable(path, `${key}:token`, '\t')) {
      yield batch.map((read) => {
        const features = read.value?.features.map((one) =>
          one.replace(/:(?:token|float)(?:_seq)?:/, ':'),
        );
        return { ...read, value: read.value && { ...read.value, features: features! } };
      });
    }
  }
}

/** What is known of a log by its rows is of one opening, so that each has a format of its own. */
function formatOf(): LogFormat {
  const most = { rating: 0 };
  return {
    dataset: 'recbole',
    reads: (folder) => readRowsOf(folder, most),
    sorting: logRows,
    async *catalogue(folder): AsyncGenerator<Read<unknown>[]> {
      yield* readItems(folder);
      yield* readUsers(folder);
    },
    // Item and feedback are one row, so the delay is 0; a window needs some length all the same.
    attributionWindowMs: 1000,
    stepper: () =>
      new SingleSteps({
        dataset: 'recbole',
        feedback: ({ code, value }) => {
          if (code === 0) return [];
          if (code === TAKEN) return [{ kind: 'click', positive: true, value }];
          return [{ kind: 'rating', positive: value >= LIKED * most.rating, value }];
        },
      }),
  };
}

export const recbole: RowDataset = {
  name: 'recbole',
  doc: `RecBole's atomic files (Zhao et al. 2021, CIKM): <set>.inter, with .item and .user if they are there. A row of .inter is an
impression of one item. A label of 1 is a click worth 1, one of 0 none; a rating is the reward, and
${LIKED * 100} % of the largest rating of the log or more count as a click; without either, every row is a click worth 1. Rows of a user
less than 30 minutes apart form a session. Without times, row n is at second n of the year 2000. The logging policy is
unknown; propensities are estimated from the popularity before the row.`,
  attributionWindowMs: 1000,
  items,
  users: (folder) => readable(readUsers(folder)),
  check: (folder) => checkLog(formatOf(), folder),
  open: (folder, options) => openLog(formatOf(), folder, options),
  openRows: (folder, options) => openRows(formatOf(), folder, options),
};

/** The catalogue, and each item of the log that is not in it. Memory: one id an item. */
async function* items(folder: string): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for await (const item of readable(readItems(folder))) {
    if (seen.has(item.itemId)) continue;
    seen.add(item.itemId);
    yield item;
  }
  for await (const { itemId } of readable(readRowsOf(folder))) {
    if (seen.has(itemId)) continue;
    seen.add(itemId);
    yield unknownItem(itemId);
  }
}
