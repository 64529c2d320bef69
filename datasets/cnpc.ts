// Courses by order alone: JSON lines of CNPC (Canvas Network) and of MOOC sets in the same form.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MillraceError } from '../schemas/errors.ts';
import type { Item } from '../schemas/topics/items.ts';
import type { RowDataset } from './dataset.ts';
import { BadField } from './fields.ts';
import { readJsonLines } from './json-lines.ts';
import { type LogRow, logRows } from './log-row.ts';
import { checkLog, type LogFormat, openLog, openRows } from './open-log.ts';
import { type Read, readable } from './rows.ts';
import { SingleSteps } from './single-steps.ts';

/** The set has no times: the nth row of a user, from 0, is n days after this. */
const START = Date.UTC(2016, 0, 1);
const DAY_MS = 86_400_000;

/** Files of the log: what is learned, then what is judged by. */
const NAMES = {
  train: /^train_valid_data_\w+\.json(?:\.gz)?$/,
  test: /^test_data_\w+\.json(?:\.gz)?$/,
};
const WANTED = { train: 'train_valid_data_cnpc_v2.json', test: 'test_data_cnpc_v2.json' };
export type CnpcFile = keyof typeof NAMES;

/**
 * Rows of some of its files, in the order of the files. Memory: a number a user.
 * @throws MillraceError `dataset-file-missing`, `dataset-column-missing`
 */
export async function* readCourseRows(
  folder: string,
  files: readonly CnpcFile[] = ['train', 'test'],
): AsyncGenerator<Read<LogRow>[]> {
  const taken = new Map<string, number>();
  for (const file of files) {
    const path = await fileOf(folder, file);
    for await (const batch of readJsonLines(path, {
      needs: [['user', 'item']],
      make: ({ user, item }) => ({ userId: idOf('user', user), itemId: idOf('item', item) }),
    })) {
      yield batch.map((read): Read<LogRow> => {
        const { value, line } = read;
        if (value === null) return { ...read, value };
        const nth = taken.get(value.userId) ?? 0;
        taken.set(value.userId, nth + 1);
        return { ...read, value: { at: START + nth * DAY_MS, ...value, code: 0, value: 1, line } };
      });
    }
  }
}

async function fileOf(folder: string, file: CnpcFile): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const name = names.sort().find((one) => NAMES[file].test(one));
  if (name !== undefined) return join(folder, name);
  throw new MillraceError({
    code: 'dataset-file-missing',
    what: `The cnpc log needs ${WANTED[file]}, and it cannot be found.`,
    why: `Looked in ${folder}, for ${NAMES[file].source}.`,
    todo: `Give the folder that holds ${WANTED[file]}.`,
  });
}

function idOf(name: string, value: unknown): string {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value);
  throw new BadField(`${name} ${JSON.stringify(value) ?? 'undefined'} is not a whole number`);
}

const format: LogFormat = {
  dataset: 'cnpc',
  reads: (folder) => readCourseRows(folder),
  sorting: logRows,
  // Course and enrolment are one row, so the delay is 0; a window needs some length all the same.
  attributionWindowMs: 1000,
  stepper: () =>
    new SingleSteps({
      dataset: 'cnpc',
      feedback: () => [{ kind: 'click', positive: true, value: 1 }],
    }),
};

export const cnpc: RowDataset = {
  name: 'cnpc',
  doc: `Person-course data (Canvas Network 2016), CNPC for short, and MOOC sets in the same form:
train_valid_data_<set>.json and test_data_<set>.json, a line of JSON for each course of a user, in order. A taken course is an impression of one,
and a click on it worth 1. The set has no times: the nth course of a user is on day n of 2016, from 0,
so each is a session. The platform's policy is unknown; propensities are estimated from the popularity before.`,
  attributionWindowMs: format.attributionWindowMs,
  items,
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
  openRows: (folder, options) => openRows(format, folder, options),
};

/** The catalogue: each course where it first appears in the log. */
async function* items(folder: string): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for await (const { itemId } of readable(readCourseRows(folder))) {
    if (seen.has(itemId)) continue;
    seen.add(itemId);
    const title = `course ${itemId}`;
    yield { itemId, at: 0, title, text: title, groups: [], attributes: {} };
  }
}
