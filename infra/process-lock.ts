// A lock file with its holder's identity: one process at a time, and a lock of one that is gone is free.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identify, isAlive, type ProcessId } from './embedded/processes.ts';

/**
 * Takes the lock; disposing gives it back. A lock whose holder is gone is taken over.
 * @param held makes the error for a lock that the process `pid` has; this may be the process itself
 */
export function takeLock(lock: string, held: (pid: number) => Error): Disposable {
  const me = identify(process.pid)!;
  mkdirSync(dirname(lock), { recursive: true });
  const mine = `${lock}.${process.pid}`;
  try {
    writeFileSync(mine, JSON.stringify(me));
    for (let attempt = 0; attempt < 5; attempt++) {
      if (linked(mine, lock)) return { [Symbol.dispose]: () => release(lock, me) };
      const holder = holderOf(lock);
      if (holder && isAlive(holder)) throw held(holder.pid);
      const another = takeAway(lock, holder);
      if (another) throw held(another.pid);
    }
    throw held(holderOf(lock)?.pid ?? 0);
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * Makes a hard link, which appears whole or not at all, and never over another file.
 * @returns whether it was made
 */
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

/**
 * Moves a stale lock aside. If it has become another process's meanwhile, it is put back.
 * @returns whose it then is; undefined if it is gone
 */
function takeAway(lock: string, stale: ProcessId | undefined): ProcessId | undefined {
  const aside = `${lock}.stale-${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return undefined;
  }
  const moved = holderOf(aside);
  const another = moved && (moved.pid !== stale?.pid || moved.started !== stale.started);
  if (another) linked(aside, lock);
  rmSync(aside, { force: true });
  return another ? moved : undefined;
}

function release(lock: string, me: ProcessId): void {
  const holder = holderOf(lock);
  if (holder?.pid === me.pid && holder.started === me.started) rmSync(lock, { force: true });
}
