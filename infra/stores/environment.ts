// The LMDB environment of one store: a file of its own, with its flags in one place.
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { keyEncoder } from './keys.ts';

export type Environment = RootDatabase<Uint8Array, string | Uint8Array>;

export const dataFile = (dir: string) => join(dir, 'data.mdb');

/**
 * Opens the environment. No commit waits for the disk: a committed transaction is whole for every
 * process of this machine, but only a file that was closed is used again (session.ts).
 */
export function openEnvironment(dir: string, mapBytes?: number): Environment {
  return open<Uint8Array, string | Uint8Array>({
    path: dir,
    noSubdir: false,
    noSync: true,
    overlappingSync: false,
    maxDbs: 1,
    encoding: 'binary',
    keyEncoder,
    ...(mapBytes ? { mapSize: mapBytes } : {}),
  });
}
