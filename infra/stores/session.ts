// How the file of a store was left. A process that dies leaves it whole, since what was written is in
// the system's memory; a machine that dies may leave any mixture of old and new pages.
import { spawnSync } from 'node:child_process';
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
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ownModule } from '../own-file.ts';
import { dataFile } from './environment.ts';
import { format } from './identity.ts';

const session = z.object({
  format: z.literal(format),
  /** The life of the machine it was opened in; null where the system has no name for it. */
  boot: z.string().nullable(),
  /** Of the file, at its close: absent while it is open. */
  closed: z.object({ size: z.number(), mtimeMs: z.number() }).optional(),
});
type StoreSession = z.infer<typeof session>;

const sessionFile = (dir: string) => join(dir, 'session.json');
const checker = fileURLToPath(ownModule(new URL('./check.ts', import.meta.url)));

let known: string | null | undefined;

function boot(): string | null {
  known ??= readBoot();
  return known;
}

function readBoot(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    if (process.platform !== 'darwin') return null;
    const { stdout } = spawnSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' });
    return stdout?.trim() || null;
  }
}

/**
 * Why the file in a folder must not be used; undefined where it can. LMDB trusts its file, and a bad
 * one ends the process that reads it, so a doubtful one is read by another process first.
 */
export function whyUnusable(dir: string): string | undefined {
  const left = readSession(dir);
  if (!left) return 'nothing tells how it was closed';
  const file = statSync(dataFile(dir));
  if (left.closed) {
    const same = left.closed.size === file.size && left.closed.mtimeMs === file.mtimeMs;
    return same ? undefined : 'it was changed after it was closed';
  }
  if (left.boot === null || left.boot !== boot()) return 'the machine stopped while it was open';
  const check = spawnSync(process.execPath, ['--no-warnings', checker, dir], { encoding: 'utf8' });
  if (check.status === 0) return undefined;
  return `it cannot be read from end to end (${check.signal ?? check.stderr.trim().slice(0, 200)})`;
}

/** The file is about to be opened: on disk before anything is written to it. */
export function beginSession(dir: string): void {
  writeSession(dir, { format, boot: boot() });
  sync(dir);
}

/** The file is closed for good; from here on the death of the machine does it no harm either. */
export function endSession(dir: string): void {
  if (!existsSync(dataFile(dir))) return;
  sync(dataFile(dir));
  const { size, mtimeMs } = statSync(dataFile(dir));
  writeSession(dir, { format, boot: boot(), closed: { size, mtimeMs } });
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
