// A history of one's own: the rows of all files of all sources, mapped, sorted by event time on disk, and
// given as a catalogue and steps. The same files and the same mapping give the same steps.
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogStep } from '../dataset.ts';
import { DEAD_ROWS_FILE, DeadRows } from '../dead-rows.ts';
import { isRun, LogSorter } from '../sort.ts';
import { readSpool, SpoolWriter } from '../spool.ts';
import { compareEvents, type EventRow } from './history-row.ts';
import { HistorySteps } from './history-steps.ts';
import type { MappedEvent, MapperOptions } from './mapped.ts';
import { mapperOf } from './mapper.ts';
import type { RowRefusal } from './refusal.ts';
import type { Source } from './shape.ts';
import type { SourceRow } from './source-rows.ts';
import { Tally } from './tally.ts';

/** A file of a source. */
export interface HistoryFile {
  readonly source: Source;
  /** Its name, as dead letters tell it. */
  readonly name: string;
  readonly rows: AsyncIterable<SourceRow[]>;
}

export interface HistoryOptions extends MapperOptions {
  /** Folder for sorted runs; it is emptied on dispose. */
  readonly scratch: string;
  /** Time that a slate waits for feedback, ms. */
  readonly windowMs: number;
  /** Is told of every row that is refused. @default nothing */
  readonly onRefused?: (refused: RefusedSourceRow) => void;
}

export interface RefusedSourceRow extends RowRefusal {
  readonly source: string;
  readonly file: string;
  readonly line: number;
  /** The row as it is in the file; of a repetition, what was made of it. */
  readonly raw: string;
}

/** A catalogue entry, or its deletion. */
export type ItemChange = Extract<MappedEvent, { kind: 'item' | 'deleted-item' }>;

/** Most bytes of a refused row in its dead letter. */
const MOST_DEAD_BYTES = 100_000;

const ITEMS_FILE = 'items.jsonl';

export class History implements AsyncDisposable {
  readonly tally = new Tally();
  readonly #options: HistoryOptions;
  readonly #sorter: LogSorter<EventRow>;
  readonly #dead: DeadRows;
  readonly #items: SpoolWriter;
  /** What was last written of each item. Memory: a short text for each distinct item. */
  readonly #known = new Map<string, string>();
  #order = 0;

  private constructor(options: HistoryOptions) {
    const { scratch } = options;
    this.#options = options;
    this.#dead = new DeadRows(scratch);
    this.#items = new SpoolWriter(join(scratch, ITEMS_FILE));
    this.#sorter = new LogSorter(
      { compare: compareEvents, pack: (row) => row, unpack: (row) => row as EventRow },
      { scratch },
    );
  }

  /**
   * Reads and maps all rows.
   * @throws MillraceError of the files, before any step
   */
  static async open(
    files: AsyncIterable<HistoryFile> | Iterable<HistoryFile>,
    options: HistoryOptions,
  ): Promise<History> {
    await mkdir(options.scratch, { recursive: true });
    await clear(options.scratch);
    const history = new History(options);
    try {
      for await (const file of files) await history.#read(file);
      await history.#dead.close();
      await history.#items.close();
      await history.#sorter.finish();
    } catch (error) {
      await Promise.all([history.#dead.close(), history.#items.close()]);
      await clear(options.scratch);
      throw error;
    }
    return history;
  }

  /** Earliest event time of slates and feedback, ms; null if there are none. */
  get first(): number | null {
    return this.#sorter.count > 0 ? this.#sorter.first : null;
  }

  /** The catalogue, in the order of the files; what is said twice alike comes once. */
  items(): AsyncIterable<ItemChange[]> {
    return readSpool<ItemChange>(join(this.#options.scratch, ITEMS_FILE));
  }

  /** Refused rows, then slates and feedback in order of event time; to be read once. */
  async *steps(): AsyncGenerator<LogStep> {
    for await (const batch of this.#dead.steps(this.first ?? 0)) yield* batch;
    const stepper = new HistorySteps(this.#options.windowMs, this.tally, (row, what) => {
      const { source, file, line, event } = row;
      const raw = Buffer.from(JSON.stringify(event)).toString('latin1');
      const refused = { code: 'row-duplicate', what, field: '', source, file, line, raw };
      this.#options.onRefused?.(refused);
    });
    for await (const batch of this.#sorter.sorted()) {
      for (const row of batch) yield* stepper.push(row);
    }
    yield* stepper.finish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await clear(this.#options.scratch);
  }

  async #read({ source, name, rows }: HistoryFile): Promise<void> {
    const mapper = mapperOf(source, this.#options);
    const counts = this.tally.of(source.name);
    for await (const batch of rows) {
      for (const { line, raw, row, reason } of batch) {
        counts.read += 1;
        const mapped = row && mapper(row);
        const refusal = mapped
          ? mapped.refusal
          : { code: 'row-unreadable', what: reason, field: '' };
        if (refusal) {
          this.tally.refuse(source.name, refusal.code);
          await this.#refuse({ ...refusal, source: source.name, file: name, line, raw });
        } else if (mapped!.events.length === 0) counts.ignored += 1;
        else {
          counts.mapped += 1;
          await this.#take(mapped!.events, source.name, name, line);
        }
      }
    }
  }

  async #take(
    events: readonly MappedEvent[],
    source: string,
    file: string,
    line: number,
  ): Promise<void> {
    let counted = false;
    for (const mapped of events) {
      if (mapped.kind === 'item' || mapped.kind === 'deleted-item') await this.#item(mapped);
      else if (mapped.kind !== 'request') {
        const { kind, event } = mapped;
        const counts = !counted;
        counted = true;
        const row = { at: event.at, kind, event, order: this.#order++, counts, source, file, line };
        await this.#sorter.add(row as EventRow);
      }
    }
  }

  async #item(change: ItemChange): Promise<void> {
    const [id, said] =
      change.kind === 'item'
        ? [change.event.itemId, hashOf({ ...change.event, at: 0 })]
        : [change.itemId, ''];
    if (this.#known.get(id) === said) return;
    this.#known.set(id, said);
    this.tally.items += 1;
    await this.#items.write(change);
  }

  async #refuse(refused: RefusedSourceRow): Promise<void> {
    const { code, field, what, file, line, raw } = refused;
    this.#options.onRefused?.(refused);
    const cut =
      raw.length > MOST_DEAD_BYTES ? `; ${raw.length} bytes, of which the first are kept` : '';
    const reason = `${field && `${field}: `}${what}${cut}`;
    const read = { origin: file, line, raw: raw.slice(0, MOST_DEAD_BYTES), value: null, reason };
    await this.#dead.add(read, 1, code);
  }
}

const hashOf = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64').slice(0, 16);

/** Removes the files that this module puts into the scratch folder, and leaves all others. */
async function clear(scratch: string): Promise<void> {
  const names = await readdir(scratch);
  const ours = names.filter((name) => isRun(name) || [DEAD_ROWS_FILE, ITEMS_FILE].includes(name));
  await Promise.all(ours.map((name) => rm(join(scratch, name), { force: true })));
}
