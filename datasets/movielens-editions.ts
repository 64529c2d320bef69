// The editions of MovieLens: CSV files (latest, latest-small, 20M, 25M, 32M), `::` between fields (1M, 10M),
// tabs and bars (100K).
import type { Item } from '../schemas/topics/items.ts';
import { idField, numberField, secondsField } from './fields.ts';
import { findFile, needFile } from './files.ts';
import type { LogRow } from './log-row.ts';
import { featuresOf, type LogUser } from './log-user.ts';
import { type CsvLog, type Read, readCsvLog, readRows } from './rows.ts';

interface Edition {
  /** Columns of user, film, stars and seconds. */
  readonly ratings: CsvLog<LogRow>;
  readonly items: (folder: string) => AsyncIterable<Read<Item>[]>;
  /** The users, where the edition has a table of them. */
  readonly users?: (folder: string) => AsyncIterable<Read<LogUser>[]>;
}

const RATING_COLUMNS = ['userId', 'movieId', 'rating', 'timestamp'];

const ratingsOf = (names: readonly string[], csv: CsvLog<LogRow>['csv']): CsvLog<LogRow> => ({
  dataset: 'movielens',
  names,
  csv,
  read: ([user = '', movie = '', rating = '', timestamp = '']) => ({
    at: secondsField('timestamp', timestamp),
    userId: idField('userId', user),
    itemId: idField('movieId', movie),
    code: 0,
    value: numberField('rating', rating, 0.5, 5),
  }),
});

const csv: Edition = {
  ratings: ratingsOf(['ratings.csv'], { columns: RATING_COLUMNS }),
  async *items(folder) {
    const path = await needFile('movielens', folder, ['movies.csv']);
    const columns = ['movieId', 'title', 'genres'];
    yield* readRows(path, { columns, multiline: true }, ([id, title, genres]) =>
      film(id, title, genres!.split('|')),
    );
  },
};

/** 1M is in Latin-1, 10M in UTF-8. */
const colons = { header: false, separator: '::', encoding: 'either' } as const;

const dat: Edition = {
  ratings: ratingsOf(['ratings.dat'], { columns: RATING_COLUMNS, ...colons }),
  async *items(folder) {
    const path = await needFile('movielens', folder, ['movies.dat']);
    const columns = ['movieId', 'title', 'genres'];
    yield* readRows(path, { columns, ...colons }, ([id, title, genres]) =>
      film(id, title, genres!.split('|')),
    );
  },
  async *users(folder) {
    const path = await findFile(folder, ['users.dat']);
    if (path === null) return;
    const columns = ['userId', 'gender', 'age', 'occupation', 'zip'];
    yield* readRows(path, { columns, ...colons }, (fields) => user(columns, fields));
  },
};

/** The genres of `u.genre`, in the order of the last 19 fields of `u.item`. */
const GENRES = [
  ...['unknown', 'Action', 'Adventure', 'Animation', "Children's", 'Comedy', 'Crime'],
  ...['Documentary', 'Drama', 'Fantasy', 'Film-Noir', 'Horror', 'Musical', 'Mystery', 'Romance'],
  ...['Sci-Fi', 'Thriller', 'War', 'Western'],
];

const bars = { header: false, separator: '|', encoding: 'either' } as const;

const tabs: Edition = {
  ratings: ratingsOf(['u.data'], { columns: RATING_COLUMNS, header: false, separator: '\t' }),
  async *items(folder) {
    const path = await needFile('movielens', folder, ['u.item']);
    const columns = ['movieId', 'title', 'release', 'video release', 'IMDb URL', ...GENRES];
    yield* readRows(path, { columns, ...bars }, ([id, title, release, , , ...flags]) => {
      const genres = GENRES.filter((name, at) => flags[at] === '1' && name !== 'unknown');
      return film(id, title, genres, /-(\d{4})$/.exec(release!)?.[1]);
    });
  },
  async *users(folder) {
    const path = await findFile(folder, ['u.user']);
    if (path === null) return;
    const columns = ['userId', 'age', 'gender', 'occupation', 'zip'];
    yield* readRows(path, { columns, ...bars }, (fields) => user(columns, fields));
  },
};

/** The edition in a folder. @throws MillraceError `dataset-file-missing` */
async function editionOf(folder: string): Promise<Edition> {
  const editions = [csv, dat, tabs];
  for (const edition of editions) {
    if (await findFile(folder, edition.ratings.names)) return edition;
  }
  const names = editions.flatMap(({ ratings }) => ratings.names);
  await needFile('movielens', folder, names);
  return csv;
}

export async function* readRatings(folder: string): AsyncGenerator<Read<LogRow>[]> {
  yield* readCsvLog((await editionOf(folder)).ratings, folder);
}

export async function* readFilms(folder: string): AsyncGenerator<Read<Item>[]> {
  yield* (await editionOf(folder)).items(folder);
}

export async function* readUsers(folder: string): AsyncGenerator<Read<LogUser>[]> {
  const { users } = await editionOf(folder);
  if (users) yield* users(folder);
}

function user(columns: readonly string[], [id = '', ...fields]: string[]): LogUser {
  return { userId: idField('userId', id), features: featuresOf(columns.slice(1), fields) };
}

function film(id = '', rawTitle = '', allGenres: readonly string[] = [], released?: string): Item {
  const title = rawTitle.trim();
  const year = /\((\d{4})\)$/.exec(title)?.[1] ?? released;
  // Tastes differ by era as they do by genre.
  const decade = year === undefined ? [] : [`${year.slice(0, 3)}0s`];
  const genres = allGenres.filter((genre) => genre !== '' && genre !== '(no genres listed)');
  return {
    itemId: idField('movieId', id),
    at: 0,
    title,
    text: genres.length > 0 ? `${title}, genres ${genres.join(', ')}` : title,
    groups: [...genres, ...decade],
    attributes: year === undefined ? {} : { year },
  };
}
