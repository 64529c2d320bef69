// The committed values of one store, in a file.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Codec } from '../../schemas/codec.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { Backing, Change } from '../../streams/engine/store.ts';
import { takeLock } from '../process-lock.ts';
import { isDiskFull, roomFor } from './disk-full.ts';
import { dataFile, type Environment, openEnvironment } from './environment.ts';
import { closed, discarded, diskFull, inUse } from './errors.ts';
import {
  begin,
  type Checkpoint,
  metadataCount,
  type Owner,
  takeUp,
  writeCheckpoint,
} from './identity.ts';
import { firstKey } from './keys.ts';
import { beginSession, endSession, whyUnusable } from './session.ts';
import { ValueBytes } from './value-bytes.ts';

export interface LmdbOptions {
  /** Folder of this store; the lock is a file beside it. */
  readonly dir: string;
  readonly owner: Owner;
  readonly codec: Codec;
  readonly log: Logger;
  /** Gives the time, ms since the epoch. */
  readonly now: () => number;
  /** Age of a checkpoint above which it is not used, ms. */
  readonly maxAgeMs: number;
  /** Address space to begin with, bytes; LMDB takes more when the file outgrows it. */
  readonly mapBytes: number;
}

export class LmdbBacking implements Backing<unknown> {
  private readonly options: LmdbOptions;
  private readonly lock: Disposable;
  private readonly bytes: ValueBytes;
  private environment: Environment | undefined;
  private last: Checkpoint = { next: 0, at: 0 };
  /** Why the store can no longer be used; undefined while it can. */
  private ended: MillraceError | undefined;

  /** Opens the store of one task. @throws MillraceError `state-in-use`, `disk-full` */
  constructor(options: LmdbOptions) {
    const { dir, codec } = options;
    this.options = options;
    this.bytes = new ValueBytes(codec);
    this.lock = roomFor(dir, () => takeLock(`${dir}.lock`, (pid) => inUse(dir, pid)));
    this.begun(() => this.open());
  }

  get(key: string): unknown {
    const environment = this.use();
    return this.guarded(() => {
      const found = environment.getBinaryFast(key);
      return found && this.bytes.decode(key, found);
    });
  }

  has(key: string): boolean {
    const environment = this.use();
    return this.guarded(() => environment.doesExist(key));
  }

  *entries(): Iterable<[string, unknown]> {
    const environment = this.use();
    const range = environment.getRange({ start: firstKey })[Symbol.iterator]();
    try {
      for (;;) {
        const entry = this.guarded(() => {
          const { done, value: found } = range.next();
          return done ? undefined : this.bytes.entry(found.key as string | undefined, found.value);
        });
        if (!entry) return;
        yield entry;
        if (this.use() !== environment) return;
      }
    } finally {
      // The cursor of an environment that is closed is gone with it.
      if (this.environment === environment) range.return?.();
    }
  }

  get size(): number {
    const { entryCount } = this.use().getStats() as { entryCount: number };
    return entryCount - metadataCount;
  }

  apply(changes: readonly Change<unknown>[], next: number | undefined): void {
    const environment = this.use();
    const moves = next !== undefined && next !== this.last.next;
    if (changes.length === 0 && !moves) return;
    const checkpoint = next === undefined ? this.last : { next, at: this.options.now() };
    this.guarded(() =>
      environment.transactionSync(() => {
        for (const [key, value] of changes) {
          if (value === null) environment.remove(key);
          else environment.put(key, this.bytes.encode(key, value));
        }
        writeCheckpoint(environment, checkpoint);
      }),
    );
    this.last = checkpoint;
  }

  get checkpoint(): number {
    return this.last.next;
  }

  clear(): void {
    this.use();
    this.begun(() => this.restart());
  }

  /** Closes the file, so that the death of the machine cannot harm it. */
  close(): void {
    if (!this.environment) return;
    this.closeEnvironment();
    this.markClosed();
    this.lock[Symbol.dispose]();
  }

  private markClosed(): void {
    const { dir, log } = this.options;
    try {
      endSession(dir);
    } catch (error) {
      // A full disk has been told of; the next opening here marks it.
      log[this.ended ? 'debug' : 'warn'](
        { dir, error: String(error) },
        'state cannot be marked as closed',
      );
    }
  }

  private begun(work: () => void): void {
    try {
      roomFor(this.options.dir, work);
    } catch (error) {
      this.shut();
      throw error;
    }
  }

  private open(): void {
    if (existsSync(dataFile(this.options.dir))) {
      const why = whyUnusable(this.options.dir) ?? this.resume();
      if (why === undefined) return;
      this.warn(why);
    }
    this.restart();
  }

  /** Goes on with the file that is there. @returns why it cannot be used; undefined if it can */
  private resume(): string | undefined {
    const { dir, owner, codec, mapBytes, maxAgeMs, now } = this.options;
    beginSession(dir);
    this.environment = openEnvironment(dir, mapBytes);
    const found = takeUp(this.environment, owner, codec);
    if (typeof found === 'string') return found;
    if (now() - found.at > maxAgeMs) return 'it is so old that deletions since may be forgotten';
    this.last = found;
    return undefined;
  }

  /** Begins with an empty file. */
  private restart(): void {
    const { dir, owner, codec, mapBytes, now } = this.options;
    this.closeEnvironment();
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    beginSession(dir);
    this.environment = openEnvironment(dir, mapBytes);
    this.last = begin(this.environment, owner, codec, now());
  }

  private use(): Environment {
    if (this.environment) return this.environment;
    throw this.ended ?? closed(this.options.dir);
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.fail(error);
    }
  }

  /** Ends the use of the file after an error of LMDB or a value that cannot be read. */
  private fail(error: unknown): unknown {
    const { dir } = this.options;
    const { code } = error as { code?: unknown };
    if (!(error instanceof MillraceError) && typeof code !== 'number') return error;
    this.closeEnvironment();
    if (isDiskFull(error, dir)) {
      this.ended = diskFull(dir, error);
      this.markClosed(); // the last transaction that was applied is whole
    } else {
      const why = `it cannot be read or written (${(error as Error).message})`;
      this.ended = discarded(dir, why, error);
      this.warn(why);
      rmSync(dir, { recursive: true, force: true });
    }
    this.shut();
    return this.ended;
  }

  private warn(why: string): void {
    const { log, owner, dir } = this.options;
    const fields = { ...owner, dir, why, code: 'checkpoint-discarded' };
    log.warn(fields, 'state on disk is thrown away and rebuilt from its changelog');
  }

  private shut(): void {
    this.closeEnvironment();
    this.lock[Symbol.dispose]();
  }

  private closeEnvironment(): void {
    // Closed at once: with no asynchronous write under way there is nothing to wait for.
    void this.environment?.close();
    this.environment = undefined;
  }
}
