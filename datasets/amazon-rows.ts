// Amazon's reviews and ratings as rows of a log: the editions of 2014, 2018 and 2023, with texts or without.
import { type AmazonFile, amazonFiles } from './amazon-files.ts';
import { BadField, millisField, numberField, secondsField, wordField } from './fields.ts';
import { type JsonRow, readJsonLines } from './json-lines.ts';
import { readLines } from './lines.ts';
import type { LogRow } from './log-row.ts';
import { type Read, readRows } from './rows.ts';

/** Names of user, product, stars and time in 2014 and 2018; the time is in seconds. */
const OLDER = ['reviewerID', 'asin', 'overall', 'unixReviewTime'] as const;
/** The same in 2023; the time is in ms. Colours of one product share the parent's number. */
const NEWER = ['user_id', 'parent_asin', 'rating', 'timestamp'] as const;

type Row = Omit<LogRow, 'line'>;

/** Rows of all files of reviews and ratings. @throws MillraceError as `Dataset.open` */
export async function* readReviews(folder: string): AsyncGenerator<Read<LogRow>[]> {
  for (const file of await amazonFiles(folder)) {
    const reads = file.kind === 'reviews' ? texts(file) : file.kind === 'ratings' ? bare(file) : [];
    for await (const batch of reads) {
      yield batch.map((read) => {
        const value = read.value && { ...read.value, line: read.line };
        return { ...read, value };
      });
    }
  }
}

function texts({ path }: AmazonFile): AsyncGenerator<Read<Row>[]> {
  return readJsonLines(path, {
    needs: [NEWER, OLDER],
    make: (row) => (OLDER[0] in row ? rowOf(row, OLDER, 's') : rowOf(row, NEWER, 'ms')),
  });
}

function rowOf(row: JsonRow, names: typeof OLDER | typeof NEWER, unit: 's' | 'ms'): Row {
  const [user, item, stars, time] = names.map((name) => {
    const value = row[name];
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    throw new BadField(`its ${name} is no text or number`);
  }) as [string, string, string, string];
  return ratingOf({ user, item, stars, time }, unit);
}

function ratingOf(
  { user, item, stars, time }: Record<'user' | 'item' | 'stars' | 'time', string>,
  unit: 's' | 'ms',
): Row {
  return {
    at: unit === 's' ? secondsField('time', time) : millisField('time', time),
    userId: wordField('user', user),
    itemId: wordField('product', item),
    code: 0,
    value: numberField('rating', stars, 1, 5),
  };
}

async function* bare(file: AmazonFile): AsyncGenerator<Read<Row>[]> {
  const first = await firstLine(file.path);
  if (first.includes('_id') || first.includes('asin')) {
    yield* readRows(
      file.path,
      { columns: NEWER },
      ([user = '', item = '', stars = '', time = '']) =>
        ratingOf({ user, item, stars, time }, 'ms'),
    );
    return;
  }
  const userFirst = beginsWithUser(first, file.userFirst);
  const columns = userFirst
    ? ['user', 'item', 'rating', 'timestamp']
    : ['item', 'user', 'rating', 'timestamp'];
  yield* readRows(
    file.path,
    { columns, header: false },
    ([a = '', b = '', stars = '', time = '']) =>
      ratingOf({ user: userFirst ? a : b, item: userFirst ? b : a, stars, time }, 's'),
  );
}

/** Whether user or product comes first: a product's number has ten characters, a user's id seldom. */
function beginsWithUser(line: string, otherwise: boolean): boolean {
  const [a = '', b = ''] = line.split(',').map((field) => /^[A-Z0-9]{10}$/.test(field));
  return a === b ? otherwise : b === true;
}

async function firstLine(path: string): Promise<string> {
  for await (const { lines } of readLines(path)) {
    for (const line of lines) if (line.trim() !== '') return line;
  }
  return '';
}
