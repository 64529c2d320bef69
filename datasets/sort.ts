// External merge sort of a log: bounded runs are sorted in memory, spilled, and merged when read.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { merge } from './merge.ts';
import { readSpool, SpoolWriter } from './spool.ts';

/** How rows are ordered, and how each is kept on disk as JSON. */
export interface Sorting<R> {
  /** Orders rows: a total order, by time first. */
  compare(a: R, b: R): number;
  pack(row: R): unknown;
  unpack(packed: unknown): R;
  /**
   * Whether the second of two neighbours is the first one written again.
   * @default no row is
   */
  same?(earlier: R, later: R): boolean;
}

/** How rows are sorted that JSON carries as they are. */
export function sortingBy<R>(
  compare: Sorting<R>['compare'],
  same: Sorting<R>['same'] = () => false,
): Sorting<R> {
  return { compare, pack: (row) => row, unpack: (packed) => packed as R, same };
}

export interface SortOptions {
  /** Folder for the runs, which must exist. */
  scratch: string;
  /** Number of rows in a run, and so in memory. @default 250_000 (about 60 MB) */
  runRows?: number;
  /**
   * Number of runs merged at a time; if there are more, as many are first merged into one.
   * @default 256
   */
  fanIn?: number;
}

/** Takes rows in any order and gives them back sorted, as often as asked. */
export class LogSorter<R extends { readonly at: number }> {
  readonly #sorting: Sorting<R>;
  readonly #scratch: string;
  readonly #runRows: number;
  readonly #fanIn: number;
  #rows: R[] = [];
  #runs: string[] = [];
  #named = 0;
  /** Number of rows added. */
  count = 0;
  /** Earliest and latest event time, ms; infinite while no row was added. */
  first = Number.POSITIVE_INFINITY;
  last = Number.NEGATIVE_INFINITY;

  constructor(sorting: Sorting<R>, options: SortOptions) {
    this.#sorting = sorting;
    this.#scratch = options.scratch;
    this.#runRows = options.runRows ?? 250_000;
    this.#fanIn = options.fanIn ?? 256;
  }

  /** Number of runs on disk; 0 for a log that fits one run. */
  get spilled(): number {
    return this.#runs.length;
  }

  /** Adds a row. Resolves at once, unless a run is full. */
  add(row: R): Promise<void> | undefined {
    this.#rows.push(row);
    this.count += 1;
    if (row.at < this.first) this.first = row.at;
    if (row.at > this.last) this.last = row.at;
    return this.#rows.length < this.#runRows ? undefined : this.#spill();
  }

  /** Ends the adding; call it after the last row. */
  async finish(): Promise<void> {
    if (this.#runs.length > 0 && this.#rows.length > 0) await this.#spill();
    else this.#rows.sort(this.#sorting.compare);
  }

  /** The rows in order, in batches; may be called again. */
  sorted(): AsyncIterable<R[]> {
    const { compare, unpack } = this.#sorting;
    if (this.#runs.length === 0) return once(this.#rows);
    return merge(
      this.#runs.map((run) => readRun(run, unpack)),
      compare,
    );
  }

  async #spill(): Promise<void> {
    const rows = this.#rows.sort(this.#sorting.compare);
    this.#rows = [];
    this.#runs.push(await this.#write(once(rows)));
    if (this.#runs.length < this.#fanIn) return;
    const merged = await this.#write(this.sorted());
    await Promise.all(this.#runs.map((run) => rm(run)));
    this.#runs = [merged];
  }

  async #write(batches: AsyncIterable<R[]>): Promise<string> {
    const spool = new SpoolWriter(join(this.#scratch, runName(this.#named++)));
    for await (const batch of batches) {
      for (const row of batch) {
        const full = spool.write(this.#sorting.pack(row));
        if (full) await full;
      }
    }
    await spool.close();
    return spool.path;
  }
}

const RUN_NAME = /^run-\d+\.jsonl$/;

/** Whether a file in the scratch folder is a run, perhaps of an earlier process. */
export function isRun(name: string): boolean {
  return RUN_NAME.test(name);
}

function runName(number: number): string {
  return `run-${String(number).padStart(5, '0')}.jsonl`;
}

async function* readRun<R>(path: string, unpack: Sorting<R>['unpack']): AsyncGenerator<R[]> {
  for await (const batch of readSpool<unknown>(path)) yield batch.map(unpack);
}

async function* once<R>(rows: R[]): AsyncGenerator<R[]> {
  if (rows.length > 0) yield rows;
}
