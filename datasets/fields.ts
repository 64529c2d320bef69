// Reads the fields of a row; what cannot be read throws a `BadField`, which makes the row a dead letter.

/** Says why a row cannot be read. Never leaves the room: readers turn it into a reason. */
export class BadField extends Error {}

const DIGITS = /^\d+$/;
const DECIMAL = /^-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/;

/** A user or item id: a whole number, as in the official logs. */
export function idField(name: string, text: string): string {
  if (!DIGITS.test(text)) throw new BadField(`${name} ${quoted(text)} is not a whole number`);
  return text;
}

/** A decimal number from `least` to `most`. */
export function numberField(name: string, text: string, least: number, most: number): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new BadField(`${name} ${quoted(text)} is not a number`);
  if (value < least || value > most) {
    throw new BadField(`${name} ${quoted(text)} is outside ${least} to ${most}`);
  }
  return value;
}

/** Earliest time that is read, s: 1995-01-01, before every official log. */
const EARLIEST_SECONDS = 788_918_400;
/**
 * Latest time that is read, ms: the end of 2298. The topics carry times up to the end of 2299, and the
 * end of a log lies beyond its last window.
 */
export const LATEST_MS = Date.UTC(2299, 0, 1) - 1;
const LATEST_SECONDS = Math.floor(LATEST_MS / 1000);

/** A time in seconds since the epoch, fractions allowed, as whole ms. */
export function secondsField(name: string, text: string): number {
  return Math.round(numberField(name, text, EARLIEST_SECONDS, LATEST_SECONDS) * 1000);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
