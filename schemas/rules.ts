// The rules that a field of a topic may carry, beside what its Avro type says. `border.ts` applies them.
//
// A field without a rule has the one of its type: a number is finite, a time lies in the years 1970 to 2299,
// a text has at most 10 000 characters, a list or map at most 10 000 entries.

export interface Rule {
  /** Least number, or least count of characters or entries. @default no limit; 0 */
  readonly least?: number;
  /** Largest number, or largest count of characters or entries. @default that of the type */
  readonly most?: number;
  /** Number that the value must be larger than. @default none */
  readonly above?: number;
  /** A limit that is configured; it takes the place of `least` and `most`. @default none */
  readonly limit?: keyof BorderLimits;
  /** What a text must match, and what to say where it does not. @default anything */
  readonly pattern?: { readonly of: RegExp; readonly says: string };
  /** Rule of each entry of a list, or of each value of a map. @default that of its type */
  readonly each?: Rule;
  /** Rule of each name of a map. @default that of a text */
  readonly names?: Rule;
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Limits that depend on the log; `border` of millrace.yaml. */
export interface BorderLimits {
  /** Range of a reward, in the unit of the log. @default −1e9 to 1e9 */
  readonly value: Range;
}

export const borderDefaults: BorderLimits = Object.freeze({
  value: Object.freeze({ least: -1e9, most: 1e9 }),
});

/** Largest number of characters of a text without a rule; UTF-16 units. */
export const mostCharacters = 10_000;

/** Largest number of entries of a list or map without a rule. */
export const mostEntries = 10_000;

/** Latest time, ms: what a DateTime64 of ClickHouse can hold, 2299-12-31. */
export const latestTime = Date.UTC(2299, 11, 31, 23, 59, 59, 999);

/** Largest number of items in a slate. */
export const mostItems = 1_000;

/** An id: not empty, at most 512 characters. */
export const id: Rule = Object.freeze({ least: 1, most: 512 });

/** An id, or an empty text for none. */
export const idOrNone: Rule = Object.freeze({ most: id.most! });

/** A hash in hexadecimal digits. */
export const sha256: Rule = Object.freeze({
  pattern: { of: /^[0-9a-f]{64}$/, says: 'it is no SHA-256 in hexadecimal digits' },
});

/** A text that is more than blanks. */
export const notBlank = Object.freeze({ of: /\S/, says: 'it is blank' });

/** Ids, or names such as those of groups. */
export const ids: Rule = Object.freeze({ each: id });

/** A probability of something that happened: above 0, at most 1. */
export const propensity: Rule = Object.freeze({ above: 0, most: 1 });

/** A probability, share or weight: 0 to 1. */
export const fraction: Rule = Object.freeze({ least: 0, most: 1 });

/** A cosine, which rounding may carry a little beyond −1 and 1. */
export const cosine: Rule = Object.freeze({ least: -1.001, most: 1.001 });

/** A reward, in the unit of the log. */
export const reward: Rule = Object.freeze({ limit: 'value' });

/** A sum of rewards: its square is finite, too. */
export const rewardSum: Rule = Object.freeze({ least: -1e15, most: 1e15 });

/** A vector of a language model. */
export const vector: Rule = Object.freeze({ most: 65_536, each: { least: -1e5, most: 1e5 } });

/** Groups of an item. */
export const groups: Rule = Object.freeze({ most: 1_000, each: id });

/** A count, a duration, a place in a list: 0 or more. */
export const notNegative: Rule = Object.freeze({ least: 0 });
