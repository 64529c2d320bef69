// Streams the rows of a CSV file with their line numbers; one malformed row never costs its neighbours.
import { basename } from 'node:path';
import { MillraceError } from '../schemas/errors.ts';
import { eitherTextOf, readLines, textOf } from './lines.ts';
import { splitRow } from './split-row.ts';

/**
 * Largest number of lines that a quoted row may span; beyond it the opening quote is taken for a
 * slip.
 */
const LONGEST_ROW = 200;

export interface CsvRow {
  /** Line on which the row begins, from 1. */
  line: number;
  /** The row as it is in the file, one character a byte; see `bytesOf`. */
  raw: string;
  /** The wanted columns, in the order asked for; null if the row cannot be read. */
  fields: string[] | null;
  /** Why the row cannot be read; empty if it can. */
  reason: string;
}

export interface CsvOptions {
  /**
   * Names of the wanted columns in the header; for a file without a header, names of its columns in
   * order.
   */
  columns: readonly string[];
  /** Whether the file begins with a header. @default true */
  header?: boolean;
  /** What stands between fields; but for commas, nothing is quoted. @default ',' */
  separator?: ',' | '\t' | '|' | '::';
  /**
   * How the bytes are read as text; `either` takes a line for Latin-1 that is no UTF-8, as older files
   * are.
   * @default 'utf8'
   */
  encoding?: 'utf8' | 'either';
  /**
   * Whether a quoted field may go over several lines. No log has such fields, so there a slip stays
   * on its line.
   * @default false
   */
  multiline?: boolean;
  /** Whether names of columns match in upper and lower case alike. @default false */
  anyCase?: boolean;
}

/**
 * Reads a file in batches of rows, without blank lines.
 * @throws MillraceError `dataset-column-missing` before the first row, `dataset-file-unreadable`
 */
export async function* readCsv(path: string, options: CsvOptions): AsyncGenerator<CsvRow[]> {
  const { multiline = false } = options;
  const split = splitterOf(options);
  const decode = decoderOf(options);
  let layout: Layout | null = null;
  let open: PartialRow | null = null;
  for await (const { first, lines } of readLines(path)) {
    const rows: CsvRow[] = [];
    for (const [offset, text] of lines.entries()) {
      const row: PartialRow = open
        ? { line: open.line, raw: `${open.raw}\n${text}`, lines: open.lines + 1 }
        : { line: first + offset, raw: text, lines: 1 };
      open = null;
      if (row.raw === '') continue;
      if (multiline && row.lines < LONGEST_ROW && split(decode(row.raw)) === 'open') {
        open = row;
        continue;
      }
      if (layout === null) {
        layout = layoutOf(path, row.raw, options);
        if (options.header !== false) continue;
      }
      rows.push(readRow(row.line, row.raw, layout, split(decode(row.raw))));
    }
    if (rows.length > 0) yield rows;
  }
  if (layout === null) layout = layoutOf(path, open?.raw ?? '', options);
  if (open) yield [readRow(open.line, open.raw, layout, split(decode(open.raw)))];
}

/** A row that may go on, with the number of lines it has taken so far. */
interface PartialRow {
  line: number;
  raw: string;
  lines: number;
}

interface Layout {
  width: number;
  /** Place of each wanted column; null if all columns are wanted, in their order. */
  picks: number[] | null;
}

type Split = (text: string) => ReturnType<typeof splitRow>;

const splitterOf = ({ separator = ',' }: CsvOptions): Split =>
  separator === ',' ? splitRow : (text) => text.split(separator);

const decoderOf = ({ encoding = 'utf8' }: CsvOptions) =>
  encoding === 'utf8' ? textOf : eitherTextOf;

function layoutOf(path: string, raw: string, options: CsvOptions): Layout {
  const { columns, header = true, anyCase = false } = options;
  if (!header && raw === '') return { width: columns.length, picks: null };
  const names = splitterOf(options)(decoderOf(options)(raw));
  const found = (typeof names === 'string' ? [] : names).map((name) =>
    name.replace(/^\uFEFF/, '').trim(),
  );
  const placeOf = (name: string) =>
    found.findIndex((one) => one === name || (anyCase && one.toLowerCase() === name.toLowerCase()));
  const missing = header
    ? columns.filter((name) => placeOf(name) < 0)
    : columns.slice(found.length);
  if (missing.length > 0) {
    throw new MillraceError({
      code: 'dataset-column-missing',
      what: `${basename(path)} has no column ${missing.join(', ')}.`,
      why: header
        ? `Its first line names: ${found.join(', ') || 'nothing'}.`
        : `Its first line has ${found.length} of the ${columns.length} fields (${columns.join(', ')}): ${found.join(', ')}.`,
      todo: 'Give the file as it comes in the official download.',
    });
  }
  if (!header) return { width: columns.length, picks: null };
  return { width: found.length, picks: columns.map(placeOf) };
}

function readRow(line: number, raw: string, layout: Layout, all: ReturnType<Split>): CsvRow {
  if (typeof all === 'string') {
    return { line, raw, fields: null, reason: 'its quotes do not pair up' };
  }
  if (all.length !== layout.width) {
    const reason = `it has ${all.length} fields instead of ${layout.width}`;
    return { line, raw, fields: null, reason };
  }
  const fields = layout.picks ? layout.picks.map((pick) => all[pick] ?? '') : all;
  return { line, raw, fields, reason: '' };
}
