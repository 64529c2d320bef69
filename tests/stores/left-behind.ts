// Stores on disk as they may be found, made by hand.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changesOf } from './history.ts';
import { dirOf, lmdbIn, temporaryDir } from './support.ts';

/** Transactions in a store that was written. */
export const transactions = 30;

/** A store, closed as it should be. */
export function written(options: Parameters<typeof lmdbIn>[1] = {}) {
  const dir = temporaryDir();
  using stores = lmdbIn(dir.path, options);
  const backing = stores.open();
  for (let i = 1; i <= transactions; i++) backing.apply(changesOf(i), i);
  return dir;
}

export const dataFileOf = (dir: string) => join(dirOf(dir), 'data.mdb');
export const sessionFileOf = (dir: string) => join(dirOf(dir), 'session.json');

export function amend(path: string, changes: Record<string, unknown>): void {
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...changes }));
}

/** As the sudden death of its owner leaves it. */
export const leaveOpen = (dir: string) => amend(sessionFileOf(dir), { closed: undefined });

/** As if what is there now were what was closed: damage that the file system does not show. */
export function hideChange(folder: string): void {
  const { size, mtimeMs } = statSync(join(folder, 'data.mdb'));
  amend(join(folder, 'session.json'), { closed: { size, mtimeMs } });
}
