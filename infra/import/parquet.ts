// Reads a Parquet file row by row through chDB, as JSON in which no digit is lost: 64-bit integers and
// decimals are texts, times are ISO 8601 in UTC, and the order is that of the file.
import { basename, resolve } from 'node:path';
import { Session } from 'chdb';
import { isRow, parseJson } from '../../datasets/mapping/row.ts';
import type { SourceRow } from '../../datasets/mapping/source-rows.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { sqlText } from '../clickhouse/warehouse.ts';

const settings = [
  'input_format_parquet_preserve_order=1',
  'input_format_parquet_allow_missing_columns=0',
  "session_timezone='UTC'",
  "date_time_output_format='iso'",
  'output_format_json_quote_64bit_integers=1',
  'output_format_json_quote_decimals=1',
  'output_format_json_named_tuples_as_objects=1',
  'max_threads=1',
].join(', ');

/**
 * Reads the rows in batches. One process has one chDB: it must not be open on a data directory.
 * @throws MillraceError `dataset-file-unreadable`
 */
export async function* readParquet(
  path: string,
  onHeader: (names: readonly string[]) => void = () => {},
): AsyncGenerator<SourceRow[]> {
  const session = new Session();
  const file = `file(${sqlText(resolve(path))}, Parquet)`;
  try {
    const described = await session.queryAsync(`describe ${file}`, { format: 'JSONEachRow' });
    onHeader(linesOf(described.text()).map((line) => (JSON.parse(line) as { name: string }).name));
    let line = 0;
    const stream = session.queryStream(`select * from ${file} settings ${settings}`, {
      format: 'JSONEachRow',
    });
    let rest = '';
    for await (const chunk of stream) {
      const lines = (rest + chunk.text()).split('\n');
      rest = lines.pop() ?? '';
      const rows = lines.map((text) => rowOf(++line, text));
      if (rows.length > 0) yield rows;
    }
    if (rest !== '') yield [rowOf(++line, rest)];
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause;
    throw new MillraceError({
      code: 'dataset-file-unreadable',
      what: `${basename(path)} cannot be read as Parquet.`,
      why: (cause instanceof Error ? cause.message : String(cause)).slice(0, 300),
      todo: 'Check the file; if it was cut short, get it again.',
      cause,
    });
  } finally {
    session.close();
  }
}

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');

function rowOf(line: number, text: string): SourceRow {
  const row = parseJson(text);
  const raw = Buffer.from(text).toString('latin1');
  if (isRow(row)) return { line, raw, row, reason: '' };
  return { line, raw, row: null, reason: 'it is no row' };
}
