// Reads a file of JSON lines into values; a line that cannot be read stays in the stream with its reason.
import { basename } from 'node:path';
import { MillraceError } from '../schemas/errors.ts';
import { BadField } from './fields.ts';
import { readLines, textOf } from './lines.ts';
import type { Read } from './rows.ts';

/** An object of a line. */
export type JsonRow = Readonly<Record<string, unknown>>;

/** Longest line that is read, bytes. */
const LONGEST_LINE = 1 << 22;

export interface JsonLines<T> {
  /** Fields that the first line must have, of one alternative at least. */
  needs: readonly (readonly string[])[];
  /** Makes a value of an object; throws `BadField`. */
  make: (row: JsonRow) => T;
  /** Reads a line. @default `JSON.parse` */
  parse?: (text: string) => unknown;
}

/**
 * Reads a file, in its order; blank lines are passed over.
 * @throws MillraceError `dataset-column-missing` by the first line that is an object,
 * `dataset-file-unreadable`
 */
export async function* readJsonLines<T>(
  path: string,
  { needs, make, parse = JSON.parse }: JsonLines<T>,
): AsyncGenerator<Read<T>[]> {
  const origin = basename(path);
  let looked = false;
  for await (const { first, lines } of readLines(path, LONGEST_LINE)) {
    yield lines.flatMap((raw, offset): Read<T>[] => {
      if (raw.trim() === '') return [];
      const read = { origin, line: first + offset, raw };
      const row = objectIn(textOf(raw), parse);
      if (row === null) return [{ ...read, value: null, reason: 'it is not an object of JSON' }];
      if (!looked) checkFields(origin, row, needs);
      looked = true;
      try {
        return [{ ...read, value: make(row), reason: '' }];
      } catch (error) {
        if (!(error instanceof BadField)) throw error;
        return [{ ...read, value: null, reason: error.message }];
      }
    });
  }
}

function objectIn(text: string, parse: (text: string) => unknown): JsonRow | null {
  try {
    const value = parse(text);
    return typeof value === 'object' && value !== null ? (value as JsonRow) : null;
  } catch {
    return null;
  }
}

function checkFields(origin: string, row: JsonRow, needs: JsonLines<unknown>['needs']): void {
  const missing = needs.map((names) => names.filter((name) => !(name in row)));
  if (missing.some((names) => names.length === 0)) return;
  throw new MillraceError({
    code: 'dataset-column-missing',
    what: `${origin} has no field ${missing.map((names) => names.join(', ')).join('; or ')}.`,
    why: `Its first line names: ${Object.keys(row).join(', ') || 'nothing'}.`,
    todo: 'Give the file as it comes in the official download.',
  });
}
