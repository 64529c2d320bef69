// Coat: ratings that users chose to give, and ratings of items drawn at random. Schnabel et al. 2016 (ICML).
import { basename } from 'node:path';
import { MillraceError } from '../schemas/errors.ts';
import { needFile } from './files.ts';
import { readLines, textOf } from './lines.ts';

export interface CoatRating {
  readonly user: number;
  readonly item: number;
  /** Stars, 1 to 5. */
  readonly stars: number;
}

export interface CoatLog {
  readonly users: number;
  readonly items: number;
  /** Ratings of items that the users chose; by user, then item. */
  readonly train: readonly CoatRating[];
  /** Ratings of items that were drawn at random, 16 for each user; by user, then item. */
  readonly test: readonly CoatRating[];
  /** Probability that a rating is in `train`, users × items. */
  readonly propensities: readonly Float64Array[];
  /** Names of the features of each user and each item, such as `age:20-30`. */
  readonly userFeatures: readonly (readonly string[])[];
  readonly itemFeatures: readonly (readonly string[])[];
}

/** Reads the set. @throws MillraceError `dataset-file-missing`, `dataset-file-unreadable` */
export async function readCoat(folder: string): Promise<CoatLog> {
  const [train, test, propensities, ofUsers, ofItems, userNames, itemNames] = await Promise.all([
    matrix(folder, 'train.ascii'),
    matrix(folder, 'test.ascii'),
    matrix(folder, 'propensities.ascii'),
    matrix(folder, 'user_features.ascii'),
    matrix(folder, 'item_features.ascii'),
    lines(folder, 'user_features_map.txt'),
    lines(folder, 'item_features_map.txt'),
  ]);
  const [users, items] = [train.length, train[0]!.length];
  shaped('test.ascii', test, users, items);
  shaped('propensities.ascii', propensities, users, items);
  shaped('user_features.ascii', ofUsers, users, userNames.length);
  shaped('item_features.ascii', ofItems, items, itemNames.length);
  const named = (rows: readonly Float64Array[], names: readonly string[]) =>
    rows.map((row) => names.filter((_, column) => row[column] !== 0));
  return {
    users,
    items,
    train: ratings(train),
    test: ratings(test),
    propensities,
    userFeatures: named(ofUsers, userNames),
    itemFeatures: named(ofItems, itemNames),
  };
}

/**
 * What every user gives every item, by a model of whoever published the matrix (`pseudoGT_ratingM.ascii`): the
 * environment of long-horizon protocols. @throws MillraceError as `readCoat`
 */
export async function readCoatTruth(
  folder: string,
  { users, items }: Pick<CoatLog, 'users' | 'items'>,
): Promise<readonly Float64Array[]> {
  const truth = await matrix(folder, 'pseudoGT_ratingM.ascii');
  shaped('pseudoGT_ratingM.ascii', truth, users, items);
  return truth;
}

/** The ratings in a table, in which 0 stands for no rating. */
function ratings(rows: readonly Float64Array[]): CoatRating[] {
  return rows.flatMap((row, user) =>
    [...row].flatMap((stars, item) => (stars === 0 ? [] : [{ user, item, stars }])),
  );
}

async function lines(folder: string, name: string): Promise<string[]> {
  const path = await needFile('coat', folder, [name]);
  const found: string[] = [];
  for await (const batch of readLines(path)) {
    for (const line of batch.lines) if (line.trim() !== '') found.push(textOf(line).trim());
  }
  return found;
}

async function matrix(folder: string, name: string): Promise<Float64Array[]> {
  const rows = (await lines(folder, name)).map((line) =>
    Float64Array.from(line.split(/\s+/), Number),
  );
  const width = rows[0]?.length ?? 0;
  if (width === 0) throw unreadable(name, 'it has no numbers');
  const bad = rows.findIndex((row) => row.length !== width || row.some(Number.isNaN));
  if (bad >= 0) throw unreadable(name, `row ${bad + 1} is not ${width} numbers`);
  return rows;
}

function shaped(name: string, rows: readonly Float64Array[], height: number, width: number): void {
  if (rows.length === height && rows[0]!.length === width) return;
  throw unreadable(
    name,
    `it is ${rows.length} × ${rows[0]!.length} instead of ${height} × ${width}`,
  );
}

function unreadable(name: string, why: string): MillraceError {
  return new MillraceError({
    code: 'dataset-file-unreadable',
    what: `${basename(name)} is not the matrix it should be.`,
    why,
    todo: 'Give the folder of the official Coat download.',
  });
}
