// One Millrace at a time on a data directory: a lock file with the holder's identity.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { MillraceError } from '../../schemas/errors.ts';
import { identify, isAlive, type ProcessId } from './processes.ts';
import { runPath } from './run-file.ts';

export function inUse(dataDir: string, pid: number): MillraceError {
  return new MillraceError({
    code: 'data-dir-in-use',
    what: `Another Millrace (process ${pid}) works on ${dataDir}.`,
    why: 'Its broker, its registry and its ClickHouse each allow one owner of their files.',
    todo: 'End that one, or give this one a directory of its own with --data DIR.',
  });
}

/**
 * Takes the data directory; disposing gives it back. A lock whose holder is gone is taken over.
 * @throws MillraceError `data-dir-in-use`
 */
export function lockDataDir(dataDir: string): Disposable {
  const directory = resolve(dataDir);
  const lock = runPath(directory, 'millrace');
  const me = identify(process.pid)!;
  mkdirSync(dirname(lock), { recursive: true });
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(me));
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (linked(mine, lock)) return { [Symbol.dispose]: () => release(lock, me) };
      const holder = holderOf(lock);
      if (holder && isAlive(holder)) throw inUse(directory, holder.pid);
      takeAway(lock, holder, directory);
    }
    throw inUse(directory, holderOf(lock)?.pid ?? 0);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** A hard link appears whole or not at all, and never over another. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(lock: string): ProcessId | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as ProcessId;
  } catch {
    return undefined;
  }
}

/** Moves a stale lock aside; puts it back when, in between, it had become another's. */
function takeAway(lock: string, stale: ProcessId | undefined, directory: string): void {
  const aside = `${lock}.stale-${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  const moved = holderOf(aside);
  const another = moved && (moved.pid !== stale?.pid || moved.started !== stale.started);
  if (another) linked(aside, lock);
  rmSync(aside, { force: true });
  if (another) throw inUse(directory, moved.pid);
}

function release(lock: string, me: ProcessId): void {
  const holder = holderOf(lock);
  if (holder?.pid === me.pid && holder.started === me.started) rmSync(lock, { force: true });
}
