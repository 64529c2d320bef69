// Finds the files of a source and reads their rows, whatever the format.
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Source } from '../../datasets/mapping/shape.ts';
import { readSourceRows, type SourceRow } from '../../datasets/mapping/source-rows.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { readParquet } from './parquet.ts';

type FileFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet';

/** Endings of names by format; each of the texts may be compressed as well. */
const endings: Readonly<Record<FileFormat, readonly string[]>> = {
  csv: ['csv'],
  tsv: ['tsv', 'tab'],
  jsonl: ['jsonl', 'ndjson', 'json'],
  parquet: ['parquet'],
};

/** The format that the name of a file tells; undefined for none that is read. */
export function formatOf(name: string): FileFormat | undefined {
  const plain = name.toLowerCase().replace(/\.(gz|zst)$/, '');
  const ending = plain.slice(plain.lastIndexOf('.') + 1);
  const formats = Object.keys(endings) as FileFormat[];
  const found = formats.find((format) => endings[format].includes(ending));
  return found === 'parquet' && plain.length !== name.length ? undefined : found;
}

/**
 * Files of a source, by name: the file itself, or those of its format in the folder.
 * @throws MillraceError `dataset-file-missing`
 */
export function filesOf({ name, from, format }: Source): string[] {
  const path = from!;
  const files = statOf(path)?.isDirectory()
    ? readdirSync(path)
        .filter((file) => formatOf(file) === format)
        .sort()
        .map((file) => join(path, file))
    : statOf(path)
      ? [path]
      : [];
  if (files.length > 0) return files;
  throw new MillraceError({
    code: 'dataset-file-missing',
    what: `The source ${name} has no file.`,
    why: statOf(path)
      ? `In ${path} no name ends in ${endings[format as FileFormat].map((one) => `.${one}`).join(', ')}, nor in that with .gz or .zst.`
      : `There is nothing at ${path}.`,
    todo: 'Name a file, or a folder with files of the format, as `from` of the source.',
  });
}

/** Reads the rows of a file in batches. @throws MillraceError `dataset-file-unreadable` */
export function rowsOf(
  path: string,
  source: Pick<Source, 'format' | 'delimiter'>,
  onHeader?: (names: readonly string[]) => void,
): AsyncIterable<SourceRow[]> {
  return source.format === 'parquet'
    ? readParquet(path, onHeader)
    : readSourceRows(path, source, onHeader);
}

/** Name of a file, as dead letters and reports tell it. */
export const nameOf = (path: string) => basename(path);

const statOf = (path: string) => statSync(path, { throwIfNoEntry: false });
