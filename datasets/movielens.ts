// MovieLens, in every edition that GroupLens gives. Harper & Konstan 2015.
import type { RowDataset } from './dataset.ts';
import { logRows } from './log-row.ts';
import { readFilms, readRatings, readUsers } from './movielens-editions.ts';
import { checkLog, type LogFormat, openLog, openRows } from './open-log.ts';
import { type Read, readable } from './rows.ts';
import { SESSION_GAP_MS } from './sessions.ts';
import { SlateSteps } from './slates.ts';

const SLATE_SIZE = 10;
/** Fewest stars with which a rating counts as a click. */
export const LIKED = 4;

const format: LogFormat = {
  dataset: 'movielens',
  reads: readRatings,
  sorting: logRows,
  async *catalogue(folder): AsyncGenerator<Read<unknown>[]> {
    yield* readFilms(folder);
    yield* readUsers(folder);
  },
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
  doc: `MovieLens (Harper & Konstan 2015): ratings.csv and movies.csv; ratings.dat and movies.dat (1M, 10M); u.data
and u.item (100K). A user's ratings less than 30
minutes apart form a session, cut into slates of up to ${SLATE_SIZE}. Every rating is feedback on its slate:
its reward is the number of stars, and ${LIKED} stars or more count as a click, as is usual for MovieLens.
The logging policy is unknown; propensities are estimated from the popularity before the slate.`,
  attributionWindowMs: format.attributionWindowMs,
  items: (folder) => readable(readFilms(folder)),
  users: (folder) => readable(readUsers(folder)),
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
  openRows: (folder, options) => openRows(format, folder, options),
};
