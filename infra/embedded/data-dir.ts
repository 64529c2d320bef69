// One Millrace at a time on a data directory.
import { resolve } from 'node:path';
import { MillraceError } from '../../schemas/errors.ts';
import { takeLock } from '../process-lock.ts';
import { stampDataDir } from './data-format.ts';
import { runPath } from './run-file.ts';

export function inUse(dataDir: string, pid: number): MillraceError {
  return new MillraceError({
    code: 'data-dir-in-use',
    what: `Another Millrace (process ${pid}) works on ${dataDir}.`,
    why: 'Its broker, its registry and its ClickHouse each allow one owner of their files.',
    todo: 'End that one, or give this one a directory of its own with --data-dir DIR.',
  });
}

/**
 * Takes the data directory; disposing gives it back. A lock whose holder is gone is taken over.
 * @throws MillraceError `data-dir-in-use`, `data-dir-newer`
 */
export function lockDataDir(dataDir: string): Disposable {
  const directory = resolve(dataDir);
  const lock = takeLock(runPath(directory, 'millrace'), (pid) => inUse(directory, pid));
  try {
    stampDataDir(directory);
    return lock;
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}
