// Refusals in ClickHouse's own words, so that every client shows them as it shows the engine's.
import { MillraceError } from '../../../schemas/errors.ts';

const codes = {
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  UNKNOWN_DATABASE: 81,
  UNKNOWN_SETTING: 115,
  READONLY: 164,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING: 216,
  UNKNOWN_FORMAT: 73,
  CANNOT_DECOMPRESS: 271,
  QUERY_IS_TOO_LARGE: 307,
  QUERY_WAS_CANCELLED: 394,
  TOO_MANY_ROWS_OR_BYTES: 396,
} as const;

/** @throws MillraceError `sql-refused`; `what` is `Code: NN. DB::Exception: <text>. (<name>)` */
export function refuse(name: keyof typeof codes, text: string): never {
  throw new MillraceError({
    code: 'sql-refused',
    what: `Code: ${codes[name]}. DB::Exception: ${text}. (${name})`,
    remedy: 'skip',
  });
}

/** @param at where in the text the error is: an index into it
 * @throws MillraceError `sql-refused`, which names the place as ClickHouse does */
export function refuseSyntax(text: string, at: number, word: string, expected: string): never {
  const before = text.slice(0, at).split('\n');
  const place = `position ${at + 1} (${word || 'end of query'})`;
  const line = `(line ${before.length}, col ${(before.at(-1)?.length ?? 0) + 1})`;
  return refuse(
    'SYNTAX_ERROR',
    `Syntax error: failed at ${place} ${line}: ${text.slice(at, at + 80)}. ${expected}`,
  );
}
