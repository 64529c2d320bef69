// Reads a text file of a source row by row: CSV, TSV, JSON lines. What cannot be read stays in the stream
// with its reason, its line and its bytes.
import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import { MillraceError } from '../../schemas/errors.ts';
import { bytesOf, readLines, textOf } from '../lines.ts';
import { splitRow } from '../split-row.ts';
import { isRow, parseJson, type Row } from './row.ts';
import type { Source } from './shape.ts';

/** A row as it stands in a file. */
export interface SourceRow {
  /** Line from 1; of a Parquet file, row from 1. */
  readonly line: number;
  /** The row as it is in the file, one character a byte; see `bytesOf`. */
  readonly raw: string;
  /** Null if it cannot be read. */
  readonly row: Row | null;
  /** Why it cannot be read; empty if it can. */
  readonly reason: string;
}

/** Largest length of a line, bytes; a longer one ends the reading of its file. */
export const LONGEST_LINE = 16 << 20;

/** Largest number of lines that a quoted field may go over; beyond it the quote is taken for a slip. */
const LONGEST_ROW = 200;

type Text = Pick<Source, 'format' | 'delimiter'>;

/**
 * Reads a file in batches of rows, without blank lines.
 * @param onHeader is told the names of the columns, before the first row
 * @throws MillraceError `dataset-file-unreadable`
 */
export async function* readSourceRows(
  path: string,
  { format, delimiter }: Text,
  onHeader: (names: readonly string[]) => void = () => {},
): AsyncGenerator<SourceRow[]> {
  const separator = format === 'tsv' ? '\t' : (delimiter ?? ',');
  const reader =
    format === 'jsonl'
      ? new JsonReader()
      : new TableReader(separator, format === 'csv', (names) => {
          refuseTwins(names, path);
          onHeader(names);
        });
  for await (const { first, lines } of readLines(path, LONGEST_LINE)) {
    const rows: SourceRow[] = [];
    for (const [offset, text] of lines.entries()) {
      const line = first + offset;
      reader.take(line, line === 1 ? withoutMark(text, path) : text, rows);
    }
    if (rows.length > 0) yield rows;
  }
  const rows: SourceRow[] = [];
  reader.end(rows);
  if (rows.length > 0) yield rows;
}

interface Reader {
  take(line: number, raw: string, out: SourceRow[]): void;
  end(out: SourceRow[]): void;
}

const unreadable = (line: number, raw: string, reason: string): SourceRow => ({
  ...{ line, raw, reason },
  row: null,
});

class JsonReader implements Reader {
  take(line: number, raw: string, out: SourceRow[]): void {
    if (raw.trim() === '') return;
    if (!isText(raw)) out.push(unreadable(line, raw, 'its bytes are no UTF-8'));
    else out.push(this.#read(line, raw));
  }

  end(): void {}

  #read(line: number, raw: string): SourceRow {
    try {
      const row = parseJson(textOf(raw));
      if (isRow(row)) return { line, raw, row, reason: '' };
      return unreadable(line, raw, 'it is no JSON object');
    } catch (error) {
      return unreadable(line, raw, `it is no JSON: ${(error as Error).message.slice(0, 120)}`);
    }
  }
}

class TableReader implements Reader {
  readonly #separator: string;
  readonly #quotes: boolean;
  readonly #onHeader: (names: readonly string[]) => void;
  #names: readonly string[] | null = null;
  #open: { line: number; raw: string; lines: number } | null = null;

  constructor(separator: string, quotes: boolean, onHeader: (names: readonly string[]) => void) {
    this.#separator = separator;
    this.#quotes = quotes;
    this.#onHeader = onHeader;
  }

  take(line: number, raw: string, out: SourceRow[]): void {
    const open = this.#open;
    const row = open
      ? { line: open.line, raw: `${open.raw}\n${raw}`, lines: open.lines + 1 }
      : { line, raw, lines: 1 };
    this.#open = null;
    if (row.raw.trim() === '') return;
    const fields = this.#split(textOf(row.raw));
    if (fields === 'open' && row.lines < LONGEST_ROW) this.#open = row;
    else this.#put(row.line, row.raw, fields, out);
  }

  end(out: SourceRow[]): void {
    if (this.#open) this.#put(this.#open.line, this.#open.raw, 'open', out);
  }

  #split(text: string): ReturnType<typeof splitRow> {
    return this.#quotes ? splitRow(text, this.#separator) : text.split(this.#separator);
  }

  #put(line: number, raw: string, fields: ReturnType<typeof splitRow>, out: SourceRow[]): void {
    if (typeof fields === 'string') {
      // A slip of the quotes costs its own line, not the lines that it would have swallowed.
      const [first = '', ...rest] = raw.split('\n');
      out.push(unreadable(line, first, 'its quotes do not pair up'));
      for (const [i, one] of rest.entries()) this.#again(line + 1 + i, one, out);
    } else if (!isText(raw)) out.push(unreadable(line, raw, 'its bytes are no UTF-8'));
    else if (this.#names === null) this.#header(fields);
    else if (fields.length !== this.#names.length) {
      const reason = `it has ${fields.length} fields instead of ${this.#names.length}`;
      out.push(unreadable(line, raw, reason));
    } else {
      const row = Object.fromEntries(this.#names.map((name, i) => [name, fields[i]]));
      out.push({ line, raw, row, reason: '' });
    }
  }

  /** Reads a line that a slip before it had taken in, by itself. */
  #again(line: number, raw: string, out: SourceRow[]): void {
    if (raw.trim() === '') return;
    const fields = this.#split(textOf(raw));
    if (typeof fields !== 'string') this.#put(line, raw, fields, out);
    else out.push(unreadable(line, raw, 'its quotes do not pair up'));
  }

  #header(fields: readonly string[]): void {
    this.#names = fields.map((name) => name.trim());
    this.#onHeader(this.#names);
  }
}

/** The first line without a byte order mark. @throws MillraceError for UTF-16 */
function withoutMark(raw: string, path: string): string {
  if (raw.startsWith('\xff\xfe') || raw.startsWith('\xfe\xff')) {
    throw new MillraceError({
      code: 'dataset-file-unreadable',
      what: `${basename(path)} is written in UTF-16.`,
      why: 'It begins with the byte order mark of UTF-16.',
      todo: 'Write it in UTF-8: iconv -f utf-16 -t utf-8.',
    });
  }
  return raw.startsWith('\xef\xbb\xbf') ? raw.slice(3) : raw;
}

function refuseTwins(names: readonly string[], path: string): void {
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin === undefined) return;
  throw new MillraceError({
    code: 'dataset-file-unreadable',
    what: `${basename(path)} has two columns with the name ${JSON.stringify(twin)}.`,
    why: 'A mapping names columns, and could mean either.',
    todo: 'Give every column of the first line a name of its own.',
  });
}

const isText = (raw: string) => !/[\x80-\xff]/.test(raw) || isUtf8(bytesOf(raw));
