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

/** An id of letters and digits; blanks around it are not part of it. */
export function wordField(name: string, text: string): string {
  const word = text.trim();
  if (word === '') throw new BadField(`its ${name} is empty`);
  if (word.length > LONGEST_ID) {
    throw new BadField(`its ${name} has ${word.length} characters, more than ${LONGEST_ID}`);
  }
  return word;
}

/** Longest id that the topics carry, characters. */
const LONGEST_ID = 512;

/**
 * Latest time that is read, ms: the end of 2298. The topics carry times from 1970 to the end of 2299, and
 * the end of a log lies beyond its last window.
 */
export const LATEST_MS = Date.UTC(2299, 0, 1) - 1;

/**
 * A time in seconds since the epoch, fractions allowed, as whole ms.
 * @param earliest time before which the clock must have been wrong, ms. @default 0, the year 1970
 */
export function secondsField(name: string, text: string, earliest = 0): number {
  return timeOf(name, text, Math.round(numberField(name, text, -MOST, MOST) * 1000), earliest);
}

/** A time in ms since the epoch, as `secondsField`. */
export function millisField(name: string, text: string, earliest = 0): number {
  return timeOf(name, text, Math.round(numberField(name, text, -MOST, MOST)), earliest);
}

const MOST = Number.MAX_VALUE;

/** @throws BadField for a time that no topic carries, or that the log cannot have */
export function timeOf(name: string, text: string, at: number, earliest = 0): number {
  if (at >= earliest && at <= LATEST_MS) return at;
  const from = new Date(earliest).getUTCFullYear();
  throw new BadField(`${name} ${quoted(text)} is outside the years ${from} to 2298`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
