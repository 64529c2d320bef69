// Opens a log: reads it once, sorts it by time, and plays it as steps as often as asked.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MillraceError } from '../schemas/errors.ts';
import { AHEAD_ROWS_FILE, AheadRows, aheadDefault } from './ahead-rows.ts';
import type { LogStep, OpenLog, OpenOptions, OpenRows } from './dataset.ts';
import { DEAD_ROWS_FILE, DeadRows, sentence } from './dead-rows.ts';
import type { LogRow } from './log-row.ts';
import { distinctRows, Origins, type PlacedRow, repeatedRow } from './repeated-rows.ts';
import type { Read } from './rows.ts';
import { isRun, LogSorter, type Sorting } from './sort.ts';
import type { Stepper } from './stepper.ts';

/** What differs from one data set to the next; `R` is a row of the log. */
export interface LogFormat<R extends PlacedRow = LogRow> {
  dataset: string;
  /**
   * Reads the rows of the log in any order, unreadable ones among them. Throws as `Dataset.open`.
   */
  reads: (folder: string) => AsyncIterable<Read<R>[]>;
  sorting: Sorting<R>;
  /** Number of rows in memory while they are sorted. @default 250_000 */
  runRows?: number;
  /** Reads the catalogue's own files, so that their unreadable rows are not lost. */
  catalogue?: (folder: string) => AsyncIterable<Read<unknown>[]>;
  attributionWindowMs: number;
  stepper: () => Stepper<R>;
}

/**
 * Opens a log. Unreadable and repeated rows of the log count as one row each, those of a catalogue as
 * none; `limit` counts readable rows. Throws as `Dataset.open`, and `dataset-empty` if no row can be
 * read.
 */
export async function openLog<R extends PlacedRow>(
  format: LogFormat<R>,
  folder: string,
  options: OpenOptions,
): Promise<OpenLog> {
  const sorted = await sortLog(format, folder, options);
  const readableRows = atMost(sorted.sorter, options);
  return {
    rows: sorted.dead.rows + readableRows,
    steps: () => play(format, sorted, readableRows),
    [Symbol.asyncDispose]: () => clear(options.scratch),
  };
}

/**
 * Reads the first rows of the catalogue, and of the log up to the first that can be read. Throws as
 * `Dataset.check`, and `dataset-empty` if none can.
 */
export async function checkLog<R extends PlacedRow>(
  { dataset, reads, catalogue }: Pick<LogFormat<R>, 'dataset' | 'reads' | 'catalogue'>,
  folder: string,
): Promise<void> {
  if (catalogue) for await (const _first of catalogue(folder)) break;
  let file = `The ${dataset} log`;
  let rows = 0;
  let first = '';
  for await (const batch of reads(folder)) {
    if (batch.some(({ value }) => value !== null)) return;
    const [read] = batch;
    if (rows === 0 && read) {
      file = read.origin;
      first = sentence(read.line, read.origin, read.reason);
    }
    rows += batch.length;
  }
  throw emptyLog(dataset, file, { rows, first });
}

/** Opens the rows themselves, in the order of a replay. Throws as `openLog`. */
export async function openRows(
  format: LogFormat,
  folder: string,
  options: OpenOptions,
): Promise<OpenRows> {
  const { sorter, dead } = await sortLog(format, folder, options);
  const most = atMost(sorter, options);
  const rows = () => distinctRows(take(sorter.sorted(), most), format.sorting);
  let count = 0;
  for await (const batch of rows()) count += batch.length;
  return {
    count,
    repeated: most - count,
    unreadable: dead.rows,
    rows,
    [Symbol.asyncDispose]: () => clear(options.scratch),
  };
}

/** The first `count` rows of batches. */
async function* take<R>(batches: AsyncIterable<R[]>, count: number): AsyncGenerator<R[]> {
  let left = count;
  for await (const batch of batches) {
    if (batch.length >= left) {
      if (left > 0) yield batch.slice(0, left);
      return;
    }
    left -= batch.length;
    yield batch;
  }
}

const atMost = (
  sorter: { readonly count: number },
  { limit = Number.POSITIVE_INFINITY }: OpenOptions,
) => Math.min(sorter.count, Math.max(0, limit));

interface SortedLog<R extends PlacedRow> {
  readonly sorter: LogSorter<R>;
  readonly dead: DeadRows;
  readonly origins: Origins;
}

async function sortLog<R extends PlacedRow>(
  format: LogFormat<R>,
  folder: string,
  { scratch, ahead: rule = aheadDefault() }: OpenOptions,
): Promise<SortedLog<R>> {
  await mkdir(scratch, { recursive: true });
  await clear(scratch);
  const dead = new DeadRows(scratch);
  const { sorting, runRows } = format;
  const sorter = new LogSorter(sorting, { scratch, ...(runRows !== undefined && { runRows }) });
  const ahead = new AheadRows(rule, sorting, scratch);
  const origins = new Origins();
  try {
    if (format.catalogue) {
      for await (const batch of format.catalogue(folder)) {
        for (const read of batch) if (read.value === null) await dead.add(read, 0);
      }
    }
    let file = `The ${format.dataset} log`;
    for await (const batch of format.reads(folder)) {
      for (const read of batch) {
        file = read.origin;
        const { value } = read;
        if (value !== null) origins.mark(value, file);
        const full =
          value === null
            ? dead.add(read, 1)
            : ahead.takes(value)
              ? ahead.add(read)
              : sorter.add(value);
        if (full) await full;
      }
    }
    await ahead.close();
    for await (const batch of ahead.judged(sorter.count)) {
      for (const read of batch) {
        const { value } = read;
        const full = value === null ? dead.add(read, 1, 'event-ahead') : sorter.add(value);
        if (full) await full;
      }
    }
    await dead.close();
    if (sorter.count === 0) throw emptyLog(format.dataset, file, dead);
    await sorter.finish();
  } catch (error) {
    await Promise.all([dead.close(), ahead.close()]);
    await clear(scratch);
    throw error;
  }
  return { sorter, dead, origins };
}

async function* play<R extends PlacedRow>(
  format: LogFormat<R>,
  { sorter, dead, origins }: SortedLog<R>,
  rows: number,
): AsyncGenerator<LogStep> {
  for await (const batch of dead.steps(sorter.first)) yield* batch;
  const stepper = format.stepper();
  const out: LogStep[] = [];
  if (stepper.foresee) {
    for await (const batch of take(sorter.sorted(), rows)) {
      for (const row of batch) {
        stepper.foresee(row, sorter.first, out);
        if (out.length > 0) yield* out.splice(0);
      }
    }
  }
  const { sorting } = format;
  let taken = 0;
  let at = sorter.first;
  let told = sorter.first;
  let first: R | undefined;
  for await (const batch of take(sorter.sorted(), rows)) {
    for (const row of batch) {
      if (first && sorting.same?.(first, row)) {
        // Later steps may wait for rows to come, so its time is that of the last step, not its own.
        out.push(repeatedRow(row, first, { at: told, origins, sorting }));
      } else {
        stepper.push(row, dead.rows + taken, out);
        first = row;
      }
      // A row that goes on for a while, such as a dialogue, ends with its last step.
      at = Math.max(row.at, out.at(-1)?.at ?? row.at);
      taken += 1;
      told = out.at(-1)?.at ?? told;
      if (out.length > 0) yield* out.splice(0);
    }
  }
  stepper.finish(out);
  yield* out;
  // One past the last window, whether windows close at their end or after it.
  yield { kind: 'end', at: at + format.attributionWindowMs + 1 };
}

const besides = [DEAD_ROWS_FILE, AHEAD_ROWS_FILE];

/** Removes the files that this module puts into the scratch folder, and leaves all others. */
async function clear(scratch: string): Promise<void> {
  const names = await readdir(scratch);
  const ours = names.filter((name) => isRun(name) || besides.includes(name));
  await Promise.all(ours.map((name) => rm(join(scratch, name), { force: true })));
}

function emptyLog(
  dataset: string,
  file: string,
  { rows, first }: Pick<DeadRows, 'rows' | 'first'>,
): MillraceError {
  return new MillraceError({
    code: 'dataset-empty',
    what: `${file} has no row that can be read.`,
    why: rows > 0 ? `None of its ${rows} rows is as expected. ${first}` : 'It has no rows.',
    todo: `Check that it is the ${dataset} log in its official format.`,
  });
}
