// A time of the wall in a zone as a moment: offsets, and names of the tz database.

export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
}

/** Moment of a wall time; `none` for a time that clocks of the zone skip. */
export type Zone = (wall: WallTime) => number | 'none';

const OFFSET = /^([+-])(\d{2}):?(\d{2})?$/;

/** Minutes east of UTC of an offset such as `+02:00`, `+0200`, `+02`; undefined if it is none. */
export function offsetOf(text: string): number | undefined {
  if (/^(?:Z|UTC|GMT)$/i.test(text)) return 0;
  const [, sign, hours, minutes = '00'] = OFFSET.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 14 || Number(minutes) > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** A wall time in UTC, ms; undefined for a day or an hour that no calendar has. */
export function utcOf({
  year,
  month,
  day,
  hour,
  minute,
  second,
  ms,
}: WallTime): number | undefined {
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return undefined;
  return at.setUTCHours(hour, minute, second, ms);
}

/** The zone of a name or an offset; undefined for what is none. */
export function zoneOf(name: string): Zone | undefined {
  const offset = offsetOf(name);
  if (offset !== undefined) return (wall) => (utcOf(wall) ?? Number.NaN) - offset * 60_000;
  let clock: Intl.DateTimeFormat;
  try {
    clock = new Intl.DateTimeFormat('en-GB', { timeZone: name, ...fields });
  } catch {
    return undefined;
  }
  return (wall) => {
    const utc = utcOf(wall) ?? Number.NaN;
    if (Number.isNaN(utc)) return Number.NaN;
    // The offset a day before and a day after: clocks change at most once between. Where both fit, the
    // hour is there twice, and the first of the two is meant.
    const offsets = [utc - DAY, utc + DAY].map((near) => wallIn(clock, near) - seconds(near));
    const found = offsets
      .map((one) => utc - one)
      .filter((at) => wallIn(clock, at) === seconds(utc));
    return found.length > 0 ? Math.min(...found.map((at) => at)) : 'none';
  };
}

const DAY = 86_400_000;
const seconds = (ms: number) => Math.floor(ms / 1000) * 1000;

const fields = {
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
} as const;

/** What a clock of the zone shows at a moment, as if it were UTC, ms without fractions. */
function wallIn(clock: Intl.DateTimeFormat, at: number): number {
  const part = Object.fromEntries(
    clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
  );
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
}
