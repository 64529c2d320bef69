// Guesses which field of events is the user, the item, the time, the kind of event, the value.
import type { Reason } from './guessed.ts';
import type { Column } from './profile.ts';
import { type GuessedTime, guessTime } from './times.ts';
import { fitOf, type Meaning, verbOf, wordsOf } from './words.ts';

export interface Found {
  readonly column: Column;
  readonly why: Reason;
}

/** Ids of a catalogue that was recognised, by which events are known to name items. */
export interface KnownIds {
  readonly name: string;
  readonly ids: ReadonlySet<string>;
}

/** Most different names of events. */
const MOST_EVENTS = 60;

export interface FoundTime extends Found {
  readonly time: GuessedTime;
  /** Formats that all fit, if there are several. */
  readonly riddle: readonly string[] | undefined;
}

/**
 * When it happened; of several times, the one whose name says so.
 * @param format how times are written, if somebody said so
 */
export function findTime(columns: readonly Column[], format?: string): FoundTime | undefined {
  const found = columns.flatMap((column) => {
    if (column.path.includes('[]') || column.filled < 0.5) return [];
    const time = guessTime(column.values, format);
    return time ? [{ column, time, fit: timeFit(column) }] : [];
  });
  found.sort((a, b) => b.fit - a.fit);
  const [first, second] = found;
  if (!first) return undefined;
  const { column, time, fit } = first;
  const alone = fit > 0 || second === undefined;
  const because = alone
    ? time.why.because
    : `${time.why.because}, and so is ${second!.column.path}`;
  const riddle = time.rival && [time.rule.format!, time.rival.format!];
  const confidence = Math.min(time.why.confidence, alone ? 1 : 0.4);
  return { column, time, riddle, why: { confidence, because } };
}

/** Times of the sending, the arrival or the loading tell less than those of the event. */
function timeFit({ path }: Column): number {
  const { fit } = fitOf(path, 'time');
  const late = wordsOf(path).some((word) =>
    ['received', 'loaded', 'sent', 'ingested', 'updated', 'etl'].includes(word),
  );
  return late ? fit / 2 : fit;
}

/** The field that says what happened. */
export function findEvent(columns: readonly Column[]): Found | undefined {
  const scored = columns.flatMap((column) => {
    const { path, distinct, values } = column;
    if (path.includes('[]') || distinct.size > MOST_EVENTS || distinct.size > values.length / 2)
      return [];
    const known =
      [...distinct].filter((value) => verbOf(value) !== undefined).length / distinct.size;
    const { fit } = fitOf(path, 'event');
    if (known === 0 || (fit === 0 && (known < 0.5 || isOfIds(column)))) return [];
    return [{ column, score: fit + known }];
  });
  scored.sort((a, b) => b.score - a.score);
  const first = scored[0];
  if (!first) return undefined;
  const some = [...first.column.distinct].slice(0, 4).map((one) => JSON.stringify(one));
  return {
    column: first.column,
    why: {
      confidence: Math.min(0.95, first.score / 2 + 0.3),
      because: `its values are ${some.join(', ')}`,
    },
  };
}

/** Whether values such as `visitor-3` or `order-17` are ids: by the name of the field, or by their numbers. */
function isOfIds({ path, distinct }: Column): boolean {
  const ids: Meaning[] = ['user', 'item', 'id', 'impression'];
  if (ids.some((meaning) => fitOf(path, meaning).fit > 0)) return true;
  const numbered = [...distinct].filter((value) => /\d$/.test(value)).length;
  return numbered > distinct.size / 2;
}

/** Fields that name items: best first. */
export function findItems(columns: readonly Column[], catalogues: readonly KnownIds[]): Found[] {
  const byIds = columns.flatMap((column): Found[] => {
    const found = catalogues.find(({ ids }) => {
      const known = [...column.distinct].filter((value) => ids.has(value)).length;
      return known >= 0.8 * column.distinct.size && (known > 2 || column.distinct.size <= 2);
    });
    if (!found || looksLikeNumber(column, 'value')) return [];
    return [{ column, why: { confidence: 0.95, because: `its values are ids of ${found.name}` } }];
  });
  if (byIds.length > 0) return byIds;
  return named(columns, 'item');
}

/** Fields whose names stand for a meaning: best first. */
export function named(columns: readonly Column[], meaning: Meaning): Found[] {
  return columns
    .map((column) => ({ column, ...fitOf(column.path, meaning) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit)
    .map(({ column, fit, word }) => ({
      column,
      why: {
        confidence: fit >= 0.9 ? 0.85 : 0.6,
        because: `the name has ${JSON.stringify(word)} in it`,
      },
    }));
}

/** Who did it: by name, else the one field left whose values come back as those of people do. */
export function findUser(columns: readonly Column[]): Found | undefined {
  const free = columns.filter((one) => !one.path.includes('[]'));
  const first = named(free, 'user').find(({ column }) => column.distinct.size > 1);
  if (first) return first;
  const back = free.filter((column) => comesBack(column));
  if (back.length !== 1) return undefined;
  const because = 'the one field left whose values come back, as people do';
  return { column: back[0]!, why: { confidence: 0.55, because } };
}

function comesBack({ path, values, distinct, filled }: Column): boolean {
  const other: Meaning[] = ['value', 'title', 'group', 'time', 'event', 'text'];
  if (other.some((meaning) => fitOf(path, meaning).fit > 0)) return false;
  const decimal = values.some((value) => /^-?\d+\.\d+$/.test(value));
  return filled > 0.8 && !decimal && distinct.size >= 5 && distinct.size < values.length * 0.9;
}

/** A number such as a price or stars, by its name and its values. */
export function looksLikeNumber({ path, values }: Column, meaning: Meaning): boolean {
  return (
    fitOf(path, meaning).fit > 0 &&
    values.every((value) => /^-?\d+(?:[.,]\d+)?$/.test(value.trim()))
  );
}
