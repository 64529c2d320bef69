// How the file of a store was left. Only one that was closed, and not touched since, is used again: of a
// file that was open when its process ended nothing tells what it holds, and LMDB believes its file.
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { dataFile } from './environment.ts';
import { format } from './identity.ts';

const session = z.object({
  format: z.literal(format),
  /** Size and time of the file at its close; absent while it is open. */
  closed: z.object({ size: z.number(), mtimeMs: z.number() }).optional(),
});
type StoreSession = z.infer<typeof session>;

const sessionFile = (dir: string) => join(dir, 'session.json');

/** Folders that this process closed in good order without room on the disk to say so. */
const unmarked = new Set<string>();

/** Why the file in a folder must not be used; undefined if it can be. */
export function whyUnusable(dir: string): string | undefined {
  if (unmarked.has(dir)) endSession(dir);
  const left = readSession(dir);
  if (!left) return 'nothing tells how it was closed';
  const file = statSync(dataFile(dir));
  if (!left.closed) return 'its process ended while it was open';
  const same = left.closed.size === file.size && left.closed.mtimeMs === file.mtimeMs;
  return same ? undefined : 'it was changed after it was closed';
}

/** Notes on disk that the file is about to be opened, before anything is written to it. */
export function beginSession(dir: string): void {
  writeSession(dir, { format });
  sync(dir);
}

/** Notes that the file is closed; from here on the death of the machine cannot harm it. */
export function endSession(dir: string): void {
  if (!existsSync(dataFile(dir))) return;
  unmarked.add(dir);
  sync(dataFile(dir));
  const { size, mtimeMs } = statSync(dataFile(dir));
  writeSession(dir, { format, closed: { size, mtimeMs } });
  unmarked.delete(dir);
}

function readSession(dir: string): StoreSession | undefined {
  try {
    return session.parse(JSON.parse(readFileSync(sessionFile(dir), 'utf8')));
  } catch {
    return undefined;
  }
}

function writeSession(dir: string, value: StoreSession): void {
  const temporary = `${sessionFile(dir)}.new`;
  const file = openSync(temporary, 'w');
  try {
    writeSync(file, JSON.stringify(value));
    fsyncSync(file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(temporary, sessionFile(dir));
}

function sync(path: string): void {
  // Windows opens no folders; there the rename itself is kept.
  if (process.platform === 'win32' && statSync(path).isDirectory()) return;
  const file = openSync(path, process.platform === 'win32' ? 'r+' : 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
