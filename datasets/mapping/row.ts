// A row as every format gives it, and the JSON reader that keeps the digits of numbers.

/** A value of a row. An integer beyond 2^53 is a bigint or a text, never a rounded number. */
export type RowValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly RowValue[]
  | { readonly [name: string]: RowValue };

/** A row: values by name. */
export type Row = { readonly [name: string]: RowValue };

/** Numbers that JavaScript may write otherwise than they stand there, or round. */
const RISKY = /[\d.]{16}|\d[eE]|\.\d*0(?!\d)|-0/;

/**
 * Reads JSON. A number that JavaScript would round or write in another way becomes the text that
 * stands there, so that ids keep every digit.
 * @throws SyntaxError
 */
export function parseJson(text: string): RowValue {
  if (!RISKY.test(text)) return JSON.parse(text) as RowValue;
  return JSON.parse(text, (_name, value: unknown, { source }: { source?: string } = {}) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? source : value,
  ) as RowValue;
}

/** Whether a value is a row: an object, no list. */
export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
