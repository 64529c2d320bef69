// Batches: each row is checked by itself and has an outcome of its own.
import type { z } from 'zod';
import { AnsweredError } from './answer-error.ts';
import { listed, type Problem, requestInvalid, shapeProblems } from './input.ts';
import { list, object, text, whole } from './json-schema.ts';
import type { JsonSchema } from './route.ts';

/** A row that cannot be used. */
export interface RefusedRow {
  /** Place in the batch, from 0. */
  readonly index: number;
  readonly status: 'refused';
  readonly code: string;
  readonly why: string;
}

export interface CheckedRows<T> {
  readonly taken: readonly { readonly index: number; readonly row: T }[];
  readonly refused: readonly RefusedRow[];
}

/**
 * Checks the rows of a batch.
 * @param shapeOf the shape that a row should have
 * @param read makes an event of a row, or says why it cannot be used
 * @throws MillraceError `batch-invalid` with the rows, where none may be left out; `request-invalid`
 */
export function checkRows<I, T>(
  rows: readonly unknown[],
  shapeOf: (row: unknown) => z.ZodType<I>,
  read: (row: I, index: number) => T | Problem,
  { most, skipInvalid }: { readonly most: number; readonly skipInvalid: boolean },
): CheckedRows<T> {
  if (rows.length > most) {
    const problem = `it has ${rows.length} rows, and ${most} are allowed`;
    throw requestInvalid([{ code: 'request-invalid', field: 'body', problem }]);
  }
  const taken: { index: number; row: T }[] = [];
  const refused: RefusedRow[] = [];
  const refuse = (index: number, problems: readonly Problem[]) =>
    refused.push({ index, status: 'refused', code: problems[0]!.code, why: listed(problems) });
  for (const [index, given] of rows.entries()) {
    const { data, error } = shapeOf(given).safeParse(given);
    if (error) {
      refuse(index, shapeProblems('request-invalid', error));
      continue;
    }
    const row = read(data as I, index);
    if (isProblem(row)) refuse(index, [row]);
    else taken.push({ index, row });
  }
  if (refused.length > 0 && !skipInvalid) throw batchInvalid(refused, rows.length);
  return { taken, refused };
}

function isProblem(row: unknown): row is Problem {
  return typeof row === 'object' && row !== null && 'problem' in row;
}

function batchInvalid(rows: readonly RefusedRow[], all: number): AnsweredError {
  const first = rows[0]!;
  return new AnsweredError(
    {
      code: 'batch-invalid',
      what: `${rows.length} of ${all} rows cannot be used, so nothing was written.`,
      why: `Row ${first.index}: ${first.why}`,
      todo: 'Correct the rows listed and send the batch again; or set skipInvalid, and they are left out.',
    },
    { rows },
  );
}

/** The answer to a batch: what became of each row, in order. */
export interface BatchAnswer<S extends string> {
  readonly written: number;
  readonly refused: number;
  readonly rows: readonly (
    | { readonly index: number; readonly id: string; readonly status: S }
    | RefusedRow
  )[];
}

/** Schema of the answer to a batch. */
export const batchAnswer = (statuses: readonly string[], what: string): JsonSchema =>
  object({
    written: whole('Number of rows that were taken.'),
    refused: whole('Number of rows that were left out.'),
    rows: list(
      {
        type: 'object',
        properties: {
          index: whole('Place in the batch, from 0.'),
          id: text('Key of the row.'),
          status: { type: 'string', enum: [...statuses, 'refused'], description: what },
          code: text('Code of the error of a row that was left out.'),
          why: text('The field that cannot be used, and why.'),
        },
        required: ['index', 'status'],
      },
      'One for each row, in order.',
    ),
  });

/** The answer to a batch, in the order of its rows. */
export function batchOutcome<S extends string>(
  taken: readonly { readonly index: number; readonly id: string; readonly status: S }[],
  refused: readonly RefusedRow[],
): BatchAnswer<S> {
  const rows = [...taken, ...refused].sort((a, b) => a.index - b.index);
  return { written: taken.length, refused: refused.length, rows };
}
