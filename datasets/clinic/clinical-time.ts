// Times of clinical records. They are shifted into another century, and editions write them in two ways.
import { BadField, LATEST_MS } from '../fields.ts';

const PLAIN = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?$/;
const SHORT = /^(\d\d?)\/(\d\d?)\/(\d\d)(?: (\d\d?):(\d\d))?$/;

/**
 * A time as ms since the epoch, taken as UTC: `2164-10-23 21:09:00`, or `10/23/64 21:09` as some copies
 * of the demo have it.
 * @param near a time of the same stay, ms: a year of two digits is the one nearest to it.
 * @default none: a year of two digits is in the years 2100 to 2199
 * @throws BadField
 */
export function clinicalTime(name: string, text: string, near?: number): number {
  const plain = PLAIN.exec(text);
  if (plain) {
    const [, year, month, day, hour = '0', minute = '0', second = '0'] = plain;
    return utc(name, text, [year!, month!, day!, hour, minute, second].map(Number));
  }
  const short = SHORT.exec(text);
  if (!short) throw new BadField(`${name} ${JSON.stringify(text)} is not a date`);
  const [, month, day, year, hour = '0', minute = '0'] = short;
  const at = (century: number) =>
    utc(name, text, [
      century + Number(year),
      Number(month),
      Number(day),
      Number(hour),
      Number(minute),
      0,
    ]);
  if (near === undefined) return at(2100);
  // A day of one century may be none of another: 29 February.
  const centuries = [2000, 2100, 2200].filter((century) =>
    isDay(century + Number(year), month!, day!),
  );
  const away = (century: number) => Math.abs(at(century) - near);
  return at(centuries.sort((a, b) => away(a) - away(b))[0] ?? 2100);
}

/** Whether a date is a day that is read. */
function isDay(year: number, month: string, day: string): boolean {
  const at = new Date(Date.UTC(year, Number(month) - 1, Number(day)));
  return at.getUTCMonth() === Number(month) - 1 && at.getTime() < LATEST_MS - 86_400_000;
}

function utc(name: string, text: string, parts: readonly number[]): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(at);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59) {
    throw new BadField(`${name} ${JSON.stringify(text)} is no day of the calendar`);
  }
  if (at < 0 || at > LATEST_MS) {
    throw new BadField(`${name} ${JSON.stringify(text)} is outside the years 1970 to 2298`);
  }
  return at;
}
