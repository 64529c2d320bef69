// Refusals in ClickHouse's own words, so that every client shows them as it shows the engine's.
import { MillraceError } from '../../../schemas/errors.ts';

const codes = {
  SYNTAX_ERROR: 62,
  UNKNOWN_DATABASE: 81,
  READONLY: 164,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  UNKNOWN_FORMAT: 73,
  CANNOT_DECOMPRESS: 271,
  QUERY_IS_TOO_LARGE: 307,
} as const;

/** @throws MillraceError `sql-refused`; `what` is `Code: NN. DB::Exception: <text>. (<name>)` */
export function refuse(name: keyof typeof codes, text: string): never {
  throw new MillraceError({
    code: 'sql-refused',
    what: `Code: ${codes[name]}. DB::Exception: ${text}. (${name})`,
    remedy: 'skip',
  });
}
