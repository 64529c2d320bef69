// Looks at files: which format and delimiter each has, and its first rows. Nothing is guessed of them here.

import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readLines, textOf } from '../../datasets/lines.ts';
import type { Origin } from '../../datasets/mapping/guess/written.ts';
import type { Row } from '../../datasets/mapping/row.ts';
import { splitRow } from '../../datasets/split-row.ts';
import { formatOf, rowsOf } from '../../infra/import/files.ts';
import { MillraceError } from '../../schemas/errors.ts';

/** Rows of each file that are looked at. */
export const LOOKED_AT = 2_000;

export interface FileSample {
  readonly origin: Origin;
  /** Name of the file. */
  readonly name: string;
  readonly rows: readonly Row[];
  /** Rows among the first ones that cannot be read. */
  readonly unreadable: number;
}

/**
 * Samples files, those of a folder by their names. Files of one format and with the same columns in one
 * folder are one source.
 * @throws MillraceError `dataset-file-missing`, `dataset-file-unreadable`
 */
export async function sampleFiles(paths: readonly string[]): Promise<FileSample[]> {
  const files = paths.flatMap(filesAt);
  const samples: (FileSample & { readonly columns: string; readonly path: string })[] = [];
  for (const path of files) {
    const { origin, rows, unreadable } = await sampled(path);
    const columns = JSON.stringify([origin.format, Object.keys(rows[0] ?? {}).sort()]);
    samples.push({ origin, rows, unreadable, columns, path, name: basename(path) });
  }
  return samples.flatMap((sample, i): FileSample[] => {
    const alike = samples.filter(
      ({ columns, path, rows }) =>
        rows.length > 0 && columns === sample.columns && dirname(path) === dirname(sample.path),
    );
    const sameFormat = files.filter(
      (path) => dirname(path) === dirname(sample.path) && formatOf(path) === sample.origin.format,
    );
    if (alike.length < 2 || alike.length < sameFormat.length || !isNumbered(alike)) return [sample];
    if (alike[0] !== samples[i]) return [];
    const from = dirname(sample.path);
    const rows = alike.flatMap((one) => one.rows).slice(0, LOOKED_AT);
    const unreadable = alike.reduce((sum, one) => sum + one.unreadable, 0);
    const name = basename(from);
    return [{ name, rows, unreadable, origin: { ...sample.origin, name: sourceName(name), from } }];
  });
}

/** Whether names are one name with other digits: parts of one log, not two logs with the same columns. */
function isNumbered(samples: readonly { readonly name: string }[]): boolean {
  return new Set(samples.map(({ name }) => name.replace(/\d+/g, '0'))).size === 1;
}

function filesAt(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  const files = stat?.isDirectory()
    ? readdirSync(path)
        .filter((name) => formatOf(name))
        .sort()
        .map((name) => join(path, name))
    : stat
      ? [path]
      : [];
  if (files.length > 0 && files.every(formatOf)) return files;
  throw new MillraceError({
    code: 'dataset-file-missing',
    what: stat ? `There is nothing to read at ${path}.` : `There is nothing at ${path}.`,
    why: 'A name must end in .csv, .tsv, .jsonl, .ndjson, .json or .parquet; of a text .gz or .zst may follow.',
    todo: 'Name a folder with such files, or files.',
  });
}

async function sampled(path: string): Promise<Pick<FileSample, 'origin' | 'rows' | 'unreadable'>> {
  const format = formatOf(path)!;
  if (format === 'jsonl') await wantLines(path);
  const delimiter = format === 'csv' ? await delimiterOf(path) : undefined;
  const origin: Origin = {
    name: sourceName(basename(path)),
    from: path,
    format,
    ...(delimiter !== undefined && delimiter !== ',' && { delimiter }),
  };
  const rows: Row[] = [];
  let unreadable = 0;
  for await (const batch of rowsOf(path, { format, delimiter })) {
    for (const { row } of batch) {
      if (row) rows.push(row);
      else unreadable += 1;
    }
    if (rows.length + unreadable >= LOOKED_AT) break;
  }
  return { origin, rows: rows.slice(0, LOOKED_AT), unreadable };
}

/** The character that cuts the first lines into the most fields, as many in each. */
async function delimiterOf(path: string): Promise<string> {
  const lines = await firstLines(path, 20);
  const scored = [',', ';', '\t', '|'].map((mark) => {
    const counts = lines.map((line) => splitRow(line, mark).length);
    const alike = counts.filter((count) => count === counts[0]).length;
    return { mark, score: (counts[0] ?? 0) > 1 ? alike * 1000 + (counts[0] ?? 0) : 0 };
  });
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).mark;
}

async function firstLines(path: string, most: number): Promise<string[]> {
  for await (const { lines } of readLines(path)) {
    return lines
      .filter((line) => line.trim() !== '')
      .slice(0, most)
      .map(textOf);
  }
  return [];
}

/** @throws MillraceError `dataset-file-unreadable` for a file that is one array of JSON */
async function wantLines(path: string): Promise<void> {
  const [first = ''] = await firstLines(path, 1);
  if (!first.trimStart().startsWith('[')) return;
  throw new MillraceError({
    code: 'dataset-file-unreadable',
    what: `${basename(path)} is one JSON array, and one object a line is wanted.`,
    why: 'An array can only be read as a whole, however large it is.',
    todo: "Write it as lines: jq -c '.[]' file.json > file.jsonl.",
  });
}

/** Name of a source by that of its file. */
export function sourceName(file: string): string {
  const plain = file.replace(/\.(?:csv|tsv|tab|jsonl|ndjson|json|parquet)(?:\.(?:gz|zst))?$/i, '');
  return (
    plain
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 64) || 'source'
  );
}
