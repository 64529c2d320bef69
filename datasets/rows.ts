// Reads a CSV file into values; a row that cannot be read stays in the stream with its reason.
import { basename } from 'node:path';
import { type CsvOptions, readCsv } from './csv.ts';
import { BadField } from './fields.ts';
import { needFile } from './files.ts';

export interface Read<T> {
  /** Name of the file. */
  origin: string;
  line: number;
  /** The row as it is in the file, one character a byte. */
  raw: string;
  /** The value; null if the row cannot be read. */
  value: T | null;
  reason: string;
}

/**
 * Reads a file into values.
 * @param parse makes a value of the fields, in the order of `csv.columns`; throws `BadField`
 * @throws MillraceError as `readCsv`
 */
export async function* readRows<T>(
  path: string,
  csv: CsvOptions,
  parse: (fields: string[], line: number) => T,
): AsyncGenerator<Read<T>[]> {
  const origin = basename(path);
  for await (const batch of readCsv(path, csv)) {
    yield batch.map(({ line, raw, fields, reason }) => {
      if (fields === null) return { origin, line, raw, value: null, reason };
      try {
        return { origin, line, raw, value: parse(fields, line), reason };
      } catch (error) {
        if (!(error instanceof BadField)) throw error;
        return { origin, line, raw, value: null, reason: error.message };
      }
    });
  }
}

/** The rows that could be read. */
export async function* readable<T>(reads: AsyncIterable<Read<T>[]>): AsyncGenerator<T> {
  for await (const batch of reads) {
    for (const { value } of batch) if (value !== null) yield value;
  }
}

/** A log that is one CSV file. */
export interface CsvLog<R> {
  dataset: string;
  /** Names that the file may have, the preferred one first. */
  names: readonly string[];
  csv: CsvOptions;
  /** Makes a row of the fields, without its line; throws `BadField`. */
  read: (fields: string[]) => Omit<R, 'line'>;
}

/** Reads the file of a log. @throws MillraceError `dataset-file-missing`, and as `readCsv` */
export async function* readCsvLog<R extends { line: number }>(
  { dataset, names, csv, read }: CsvLog<R>,
  folder: string,
): AsyncGenerator<Read<R>[]> {
  const path = await needFile(dataset, folder, names);
  yield* readRows(path, csv, (fields, line) => Object.assign(read(fields), { line }) as R);
}
