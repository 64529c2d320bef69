// Reads times by the unit or format that the mapping names. Nothing is guessed here: a time in another
// unit is refused, since it would lie in another century.
import { LATEST_MS } from '../fields.ts';
import { type Pattern, patternOf } from './pattern.ts';
import { quoted, RefusedRow } from './refusal.ts';
import type { RowValue } from './row.ts';
import { offsetOf, utcOf, type WallTime, type Zone, zoneOf } from './zone.ts';

/** Units of a time: since 1970, or text by ISO 8601, or text by a format of one's own. */
export const timeUnits = ['s', 'ms', 'us', 'ns', 'iso', 'format'] as const;
export type TimeUnit = (typeof timeUnits)[number];

/** Earliest time that is read, ms: 1995-01-01, before any log of the web. */
export const EARLIEST_MS = Date.UTC(1995, 0, 1);

export interface TimeRule {
  readonly unit: TimeUnit;
  /** Format of the text; with the unit `format`. */
  readonly format?: string | undefined;
  /** Zone of a text that names none: `UTC`, an offset, or a name such as `Europe/Berlin`. */
  readonly zone?: string | undefined;
}

/** Reads a time, ms since the epoch. @throws RefusedRow `time-invalid` */
export type TimeReader = (value: RowValue, field: string) => number;

/** @throws Error for a zone or a format that cannot be used */
export function timeReader({ unit, format, zone }: TimeRule): TimeReader {
  const clock = zone === undefined ? undefined : zoneOf(zone);
  if (zone !== undefined && !clock) throw new Error(`there is no zone ${zone}`);
  const pattern = unit === 'format' ? patternOf(format ?? '') : undefined;
  return (value, field) => {
    const text = textOf(value, field);
    const at =
      unit === 'iso' || pattern
        ? ofText(text, field, pattern ?? ISO_PATTERN, clock)
        : sinceEpoch(text, field, unit as EpochUnit);
    if (at >= EARLIEST_MS && at <= LATEST_MS) return at;
    throw invalid(field, `${quoted(text)} ${outside(at)}${otherUnit(text, unit)}`);
  };
}

type EpochUnit = keyof typeof DIGITS;

/** Digits of one ms in each unit: below 0 the unit is larger than one. */
const DIGITS = { s: -3, ms: 0, us: 3, ns: 6 } as const;

const NUMBER = /^(\d{1,19})(?:\.(\d{1,18}))?$/;

/** Whole ms of a count since 1970, without a detour over a rounded number. */
function epochMs(text: string, unit: EpochUnit): number | undefined {
  const [, whole, fraction = ''] = NUMBER.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const shift = DIGITS[unit];
  if (shift < 0) return Number(whole + fraction.padEnd(3, '0').slice(0, 3));
  return Number(whole.slice(0, Math.max(0, whole.length - shift)) || '0');
}

function sinceEpoch(text: string, field: string, unit: EpochUnit): number {
  const at = epochMs(text, unit);
  if (at !== undefined) return at;
  const why = /^-?\d+(?:\.\d+)?[eE]/.test(text)
    ? 'has an exponent, so digits of it are lost'
    : `is no number of ${unit} since 1970`;
  throw invalid(field, `${quoted(text)} ${why}`);
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/;

const ISO_PATTERN: Pick<Pattern, 'read'> = {
  read(text) {
    const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = '', zone] =
      ISO.exec(text) ?? [];
    if (year === undefined) return undefined;
    return {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
      ms: Number(fraction.padEnd(3, '0').slice(0, 3)),
      ...(zone !== undefined && { zone }),
    };
  },
};

function ofText(
  text: string,
  field: string,
  pattern: Pick<Pattern, 'read'>,
  clock: Zone | undefined,
): number {
  const wall = pattern.read(text);
  if (!wall) throw invalid(field, `${quoted(text)} is not written as the mapping says`);
  if (utcOf(wall) === undefined) throw invalid(field, `${quoted(text)} is in no calendar`);
  const at = momentOf(wall, clock);
  if (at === undefined) {
    throw invalid(field, `${quoted(text)} names no zone, and the mapping gives none`);
  }
  if (at === 'none') throw invalid(field, `${quoted(text)} is skipped by the clocks of its zone`);
  return at;
}

function momentOf(wall: WallTime & { readonly zone?: string }, clock: Zone | undefined) {
  if (wall.zone === undefined) return clock?.(wall);
  const offset = offsetOf(wall.zone);
  return offset === undefined ? undefined : utcOf(wall)! - offset * 60_000;
}

function outside(at: number): string {
  if (at < EARLIEST_MS) return 'lies before 1995';
  return 'lies after 2298';
}

/** Says in which unit the number would be a time of our days. */
function otherUnit(text: string, unit: TimeUnit): string {
  if (!(unit in DIGITS)) return '';
  const fits = (Object.keys(DIGITS) as EpochUnit[]).find((other) => {
    const at = epochMs(text, other);
    return other !== unit && at !== undefined && at >= EARLIEST_MS && at <= LATEST_MS;
  });
  if (!fits) return `, read in ${unit}`;
  const day = new Date(epochMs(text, fits)!).toISOString().slice(0, 10);
  return `, read in ${unit}; in ${fits} it is ${day}`;
}

function textOf(value: RowValue, field: string): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') {
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw invalid(field, `${value} was rounded before it came here`);
    }
    return String(value);
  }
  throw invalid(field, 'is neither a text nor a number');
}

function invalid(field: string, what: string): RefusedRow {
  return new RefusedRow({ code: 'time-invalid', what, field });
}
