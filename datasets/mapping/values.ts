// Ids, numbers and texts of a row, read by our own rules: ids byte for byte, decimals with a point.
import { id as idRule } from '../../schemas/rules.ts';
import { quoted, RefusedRow } from './refusal.ts';
import type { RowValue } from './row.ts';

/** Texts that programs write for a value they do not have: as ids they would join strangers. */
const NOBODY = /^(?:null|nil|none|undefined|nan|n\/a|\(not set\)|\[object Object\])$/i;

/** An id as it stands in the row; a number as its digits. @throws RefusedRow `id-invalid` */
export function idOf(value: RowValue, field: string): string {
  const refused = (what: string) => new RefusedRow({ code: 'id-invalid', what, field });
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw refused(`${value} was rounded before it came here`);
  }
  if (!['string', 'number', 'bigint'].includes(typeof value)) {
    throw refused('is neither a text nor a number');
  }
  const text = String(value);
  if (text.trim() === '') throw refused('is blank');
  if (NOBODY.test(text)) throw refused(`${quoted(text)} stands for a value that is not there`);
  if (text.length > idRule.most!) {
    throw refused(`has ${text.length} characters, and ${idRule.most} are allowed`);
  }
  return text;
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * A decimal number.
 * @param comma whether the text has a comma where others have a point
 * @throws RefusedRow `number-invalid`
 */
export function numberOf(value: RowValue, field: string, comma = false): number {
  const refused = (what: string) => new RefusedRow({ code: 'number-invalid', what, field });
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (!['string', 'number', 'bigint'].includes(typeof value)) throw refused('is no number');
  const text = String(value).trim();
  const plain = comma ? text.replace(',', '.') : text;
  if (!DECIMAL.test(plain)) throw refused(`${quoted(text)} is no decimal number`);
  const number = Number(plain);
  if (!Number.isFinite(number)) throw refused(`${quoted(text)} is too large`);
  return number;
}

/** A value as text: of an object or a list, its JSON; '' where nothing is. */
export function textOf(value: RowValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  return JSON.stringify(value, (_name, one) => (typeof one === 'bigint' ? String(one) : one));
}

/** Whether a row has nothing there. */
export function isAbsent(value: RowValue): boolean {
  return value === undefined || value === null || value === '';
}
