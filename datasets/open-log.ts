// Opens a log: reads it once, sorts it by time, and plays it as steps as often as asked.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MillraceError } from '../schemas/errors.ts';
import type { CsvOptions } from './csv.ts';
import type { LogStep, OpenLog, OpenOptions, OpenRows } from './dataset.ts';
import { DEAD_ROWS_FILE, DeadRows } from './dead-rows.ts';
import { needFile } from './files.ts';
import type { LogRow } from './log-row.ts';
import { type Read, readRows } from './rows.ts';
import { isRun, LogSorter } from './sort.ts';
import type { Stepper } from './stepper.ts';

/** What differs from one data set to the next. */
export interface LogFormat {
  dataset: string;
  /** Names of the log's file, the preferred one first. */
  names: readonly string[];
  csv: CsvOptions;
  /** A row of the log; throws `BadField`. */
  read: (fields: string[]) => Omit<LogRow, 'line'>;
  /** Rows of the catalogue's own files, so that unreadable ones are not lost. */
  catalogue?: (folder: string) => AsyncIterable<Read<unknown>[]>;
  attributionWindowMs: number;
  stepper: () => Stepper;
}

/**
 * Errors as `Dataset.open`, and `dataset-empty` when no row can be read. Unreadable rows of the log
 * count as one row each, those of a catalogue as none. `limit` counts readable rows.
 * @param runRows see `SortOptions`
 */
export async function openLog(
  format: LogFormat,
  folder: string,
  options: OpenOptions,
  runRows?: number,
): Promise<OpenLog> {
  const { sorter, dead } = await sortLog(format, folder, options, runRows);
  const readableRows = atMost(sorter, options);
  return {
    rows: dead.rows + readableRows,
    steps: () => play(format, sorter, dead, readableRows),
    [Symbol.asyncDispose]: () => clear(options.scratch),
  };
}

/** The rows themselves, in the order of a replay. Errors as `openLog`. */
export async function openRows(
  format: LogFormat,
  folder: string,
  options: OpenOptions,
): Promise<OpenRows> {
  const { sorter, dead } = await sortLog(format, folder, options);
  const count = atMost(sorter, options);
  return {
    count,
    unreadable: dead.rows,
    async *rows() {
      let taken = 0;
      for await (const batch of sorter.sorted()) {
        if (taken + batch.length >= count) return yield batch.slice(0, count - taken);
        taken += batch.length;
        yield batch;
      }
    },
    [Symbol.asyncDispose]: () => clear(options.scratch),
  };
}

const atMost = (sorter: LogSorter, { limit = Number.POSITIVE_INFINITY }: OpenOptions) =>
  Math.min(sorter.count, Math.max(0, limit));

async function sortLog(
  format: LogFormat,
  folder: string,
  { scratch }: OpenOptions,
  runRows?: number,
): Promise<{ sorter: LogSorter; dead: DeadRows }> {
  const path = await needFile(format.dataset, folder, format.names);
  await mkdir(scratch, { recursive: true });
  await clear(scratch);
  const dead = new DeadRows(scratch);
  const sorter = new LogSorter(runRows === undefined ? { scratch } : { scratch, runRows });
  try {
    if (format.catalogue) {
      for await (const batch of format.catalogue(folder)) {
        for (const read of batch) if (read.value === null) await dead.add(read, 0);
      }
    }
    const parse = (fields: string[], line: number) => Object.assign(format.read(fields), { line });
    for await (const batch of readRows(path, format.csv, parse)) {
      for (const read of batch) {
        const full = read.value === null ? dead.add(read, 1) : sorter.add(read.value);
        if (full) await full;
      }
    }
    await dead.close();
    if (sorter.count === 0) throw emptyLog(format.dataset, basename(path), dead.rows);
    await sorter.finish();
  } catch (error) {
    await dead.close();
    await clear(scratch);
    throw error;
  }
  return { sorter, dead };
}

async function* play(
  format: LogFormat,
  sorter: LogSorter,
  dead: DeadRows,
  rows: number,
): AsyncGenerator<LogStep> {
  for await (const batch of dead.steps(sorter.first)) yield* batch;
  const stepper = format.stepper();
  const out: LogStep[] = [];
  let taken = 0;
  let at = sorter.first;
  if (rows > 0) {
    sorting: for await (const batch of sorter.sorted()) {
      for (const row of batch) {
        stepper.push(row, dead.rows + taken, out);
        at = row.at;
        taken += 1;
        if (out.length > 0) yield* out.splice(0);
        if (taken === rows) break sorting;
      }
    }
  }
  stepper.finish(out);
  yield* out;
  // One past the last window, whether windows close at their end or after it.
  yield { kind: 'end', at: at + format.attributionWindowMs + 1 };
}

/** Removes what this module puts there, and leaves everything else alone. */
async function clear(scratch: string): Promise<void> {
  const names = await readdir(scratch);
  const ours = names.filter((name) => isRun(name) || name === DEAD_ROWS_FILE);
  await Promise.all(ours.map((name) => rm(join(scratch, name), { force: true })));
}

function emptyLog(dataset: string, file: string, dead: number): MillraceError {
  return new MillraceError({
    code: 'dataset-empty',
    what: `${file} has no row that can be read.`,
    why: dead > 0 ? `All of its ${dead} rows are malformed.` : 'It has no rows.',
    todo: `Check that it is the ${dataset} log in its official format.`,
  });
}
