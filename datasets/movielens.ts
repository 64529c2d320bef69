// MovieLens: ratings.csv and movies.csv, as GroupLens gives them.
import type { Item } from '../schemas/topics/items.ts';
import type { RowDataset } from './dataset.ts';
import { idField, numberField, secondsField } from './fields.ts';
import { needFile } from './files.ts';
import { type LogRow, logRows } from './log-row.ts';
import { checkLog, type LogFormat, openLog, openRows } from './open-log.ts';
import { type CsvLog, readable, readCsvLog, readRows } from './rows.ts';
import { SESSION_GAP_MS } from './sessions.ts';
import { SlateSteps } from './slates.ts';

const SLATE_SIZE = 10;
/** Fewest stars with which a rating counts as a click. */
export const LIKED = 4;

const ratings: CsvLog<LogRow> = {
  dataset: 'movielens',
  names: ['ratings.csv'],
  csv: { columns: ['userId', 'movieId', 'rating', 'timestamp'] },
  read: ([user = '', movie = '', rating = '', timestamp = '']) => ({
    at: secondsField('timestamp', timestamp),
    userId: idField('userId', user),
    itemId: idField('movieId', movie),
    code: 0,
    value: numberField('rating', rating, 0.5, 5),
  }),
};

const format: LogFormat = {
  dataset: 'movielens',
  reads: (folder) => readCsvLog(ratings, folder),
  sorting: logRows,
  catalogue: readMovies,
  // Ten rows have nine gaps, each of them shorter than the gap that ends a session.
  attributionWindowMs: (SLATE_SIZE - 1) * SESSION_GAP_MS,
  stepper: () =>
    new SlateSteps({
      dataset: 'movielens',
      size: SLATE_SIZE,
      feedback: ({ value }) => ({ kind: 'rating', positive: value >= LIKED, value }),
    }),
};

export const movielens: RowDataset = {
  name: 'movielens',
  doc: `MovieLens (Harper & Konstan 2015), ratings.csv and movies.csv. A user's ratings less than 30
minutes apart form a session, cut into slates of up to ${SLATE_SIZE}. Every rating is feedback on its slate:
its reward is the number of stars, and ${LIKED} stars or more count as a click, as is usual for MovieLens.
The logging policy is unknown; propensities are estimated from the popularity before the slate.`,
  attributionWindowMs: format.attributionWindowMs,
  items: (folder) => readable(readMovies(folder)),
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
  openRows: (folder, options) => openRows(format, folder, options),
};

async function* readMovies(folder: string) {
  const path = await needFile('movielens', folder, ['movies.csv']);
  yield* readRows(path, { columns: ['movieId', 'title', 'genres'], multiline: true }, readMovie);
}

function readMovie([movieId = '', rawTitle = '', rawGenres = '']: string[]): Item {
  const title = rawTitle.trim();
  const year = /\((\d{4})\)$/.exec(title)?.[1];
  // Tastes differ by era as they do by genre.
  const decade = year === undefined ? [] : [`${year.slice(0, 3)}0s`];
  const genres = rawGenres.split('|').filter((g) => g !== '' && g !== '(no genres listed)');
  return {
    itemId: idField('movieId', movieId),
    at: 0,
    title,
    text: genres.length > 0 ? `${title}, genres ${genres.join(', ')}` : title,
    groups: [...genres, ...decade],
    attributes: year === undefined ? {} : { year },
  };
}
