// Check-ins of Foursquare in three formats, and the places that they name.
import type { Item } from '../schemas/topics/items.ts';
import { BadField, idField, numberField, timeOf, wordField } from './fields.ts';
import { findFile, needFile } from './files.ts';
import type { LogRow } from './log-row.ts';
import { utcOf } from './mapping/zone.ts';
import { type Read, readRows } from './rows.ts';

/** A check-in with what its row says of the place. */
export interface CheckIn extends LogRow {
  readonly place: Pick<Item, 'groups' | 'attributes'>;
}

const OFFICIAL = ['dataset_TSMC2014_NYC.txt', 'dataset_TSMC2014_TKY.txt'];
/** The parts of one log, which is cut by time for each user. */
const SPLITS = ['foursquare_train.csv', 'foursquare_valid.csv', 'foursquare_test.csv'];

/**
 * Reads the official file, or the three CSV files; in the order of the files.
 * @throws MillraceError `dataset-file-missing`, and as `readCsv`
 */
export async function* readCheckIns(folder: string): AsyncGenerator<Read<CheckIn>[]> {
  const official = await findFile(folder, OFFICIAL);
  if (official !== null) {
    yield* readRows(official, { columns: COLUMNS, ...OFFICIAL_FORMAT }, officialRow);
    return;
  }
  yield* readRows(
    await needFile('foursquare', folder, [...OFFICIAL, SPLITS[0]!]),
    { columns: SPLIT_COLUMNS },
    splitRow,
  );
  for (const name of SPLITS.slice(1)) {
    const path = await findFile(folder, [name]);
    if (path !== null) yield* readRows(path, { columns: SPLIT_COLUMNS }, splitRow);
  }
}

const OFFICIAL_FORMAT = { header: false, separator: '\t', encoding: 'either' } as const;
const COLUMNS = [
  ...['user', 'venue', 'venue category id', 'venue category', 'latitude', 'longitude'],
  ...['timezone offset', 'UTC time'],
];

function officialRow(fields: string[], line: number): CheckIn {
  const [user = '', venue = '', categoryId = '', category = '', ...rest] = fields;
  const [latitude = '', longitude = '', offset = '', time = ''] = rest;
  numberField('timezone offset', offset, -900, 900);
  return {
    at: utcTime(time),
    userId: idField('user', user),
    itemId: wordField('venue', venue),
    code: 0,
    value: 1,
    line,
    place: {
      groups: category === '' ? [] : [category],
      attributes: { ...location(latitude, longitude), categoryId, utcOffsetMinutes: offset },
    },
  };
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const UTC_TIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) (\d{2}):(\d{2}):(\d{2}) \+0000 (\d{4})$/;

/** A time such as `Tue Apr 03 18:00:09 +0000 2012`. */
function utcTime(text: string): number {
  const [, name = '', day, hour, minute, second, year] = UTC_TIME.exec(text) ?? [];
  const month = MONTHS.indexOf(name) / 3 + 1;
  const clock = { hour: Number(hour), minute: Number(minute), second: Number(second), ms: 0 };
  const at = Number.isInteger(month)
    ? utcOf({ year: Number(year), month, day: Number(day), ...clock })
    : undefined;
  if (name === '' || at === undefined) {
    throw new BadField(
      `UTC time ${JSON.stringify(text)} is not like "Tue Apr 03 18:00:09 +0000 2012"`,
    );
  }
  return timeOf('UTC time', text, at);
}

const SPLIT_COLUMNS = [
  ...['user_id', 'location_id', 'latitude', 'longitude', 'start_day', 'start_min', 'weekday'],
];
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/**
 * A day 0: the first day of the official log of New York, a Tuesday. The files count days from each user's
 * own first, and do not say which it was but for its weekday: it is taken for the first such day from here on.
 */
const DAY_ZERO = Date.UTC(2012, 3, 3);
const TUESDAY = 1;

function splitRow([user = '', place = '', ...rest]: string[], line: number): CheckIn {
  const [latitude = '', longitude = '', day = '', minute = '', weekday = ''] = rest;
  const days = numberField('start_day', day, 0, 100_000);
  const ahead = numberField('weekday', weekday, 0, 6) - TUESDAY - days;
  const at =
    DAY_ZERO +
    (days + (((ahead % 7) + 7) % 7)) * DAY_MS +
    numberField('start_min', minute, 0, 24 * 60 - 1) * MINUTE_MS;
  return {
    at: timeOf('start_day', day, at),
    userId: idField('user_id', user),
    itemId: idField('location_id', place),
    code: 0,
    value: 1,
    line,
    place: { groups: [], attributes: location(latitude, longitude) },
  };
}

function location(latitude: string, longitude: string) {
  numberField('latitude', latitude, -90, 90);
  numberField('longitude', longitude, -180, 180);
  return { latitude, longitude };
}

/**
 * Reads `train_data.csv` and what `test_data.csv` adds: the second holds rows of the first too.
 * @throws MillraceError `dataset-file-missing`, and as `readCsv`
 */
export async function* readLocalCheckIns(
  folder: string,
  files: readonly string[] = ['train_data.csv', 'test_data.csv'],
): AsyncGenerator<Read<CheckIn>[]> {
  for (const name of files) {
    const path = await needFile('foursquare-nyc', folder, [name]);
    yield* readRows(path, { columns: ['Uid', 'Pid', 'Time'] }, localRow);
  }
}

function localRow([user = '', place = '', time = '']: string[], line: number): CheckIn {
  return {
    at: localTime(time),
    userId: idField('Uid', user),
    itemId: idField('Pid', place),
    code: 0,
    value: 1,
    line,
    place: { groups: [], attributes: {} },
  };
}

const LOCAL_TIME = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2})$/;

/** A time of the wall such as `2012-04-03 14:04`, as if it were UTC; ms. @throws BadField */
export function localTime(text: string): number {
  const [year, month, day, hour, minute] = (LOCAL_TIME.exec(text) ?? []).slice(1).map(Number);
  const wall = { year: year!, month: month!, day: day!, hour: hour!, minute: minute! };
  const at = year === undefined ? undefined : utcOf({ ...wall, second: 0, ms: 0 });
  if (at === undefined) {
    throw new BadField(`Time ${JSON.stringify(text)} is not like "2012-04-03 14:04"`);
  }
  return timeOf('Time', text, at);
}
