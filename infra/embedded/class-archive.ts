// Class-data sharing: the JVM keeps its loaded classes in a file, and the next start takes half the time
// (measured: broker 3.6 → 1.8 s, registry 6.6 → 2.8 s). Set-up records it from one start and stop.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Java } from './java.ts';
import { jarsDir } from './layout.ts';
import { identify } from './processes.ts';

export interface ClassArchive {
  /** What to add to the JVM's flags. */
  flags: string[];
  /** Keeps the recording. Call it when the JVM has ended, with its exit code. */
  keep(code: number | null): void;
}

/**
 * The archive of an earlier recording; with `record`, a new one. Without either there are no flags.
 */
export function classArchive(
  partsDir: string,
  name: string,
  java: Java,
  record = false,
): ClassArchive {
  const path = archivePath(partsDir, name, java);
  if (existsSync(path)) return { flags: [`-XX:SharedArchiveFile=${path}`], keep: () => {} };
  if (!record) return { flags: [], keep: () => {} };
  removeRemnants(path);
  const temporary = `${path}.${process.pid}-${performance.now().toFixed(0)}`;
  return {
    flags: [`-XX:ArchiveClassesAtExit=${temporary}`],
    keep(code) {
      // A JVM that ends by SIGTERM exits with 143 after writing; by SIGKILL the file may be cut.
      if ((code === 0 || code === 143) && existsSync(temporary)) renameSync(temporary, path);
      else rmSync(temporary, { force: true });
    },
  };
}

/**
 * Path of the archive: one for each JVM and each place of the jars, since it holds for no other.
 */
export function archivePath(partsDir: string, name: string, java: Java): string {
  const key = createHash('sha256')
    .update(`${java.version} ${jarsDir(partsDir)}`)
    .digest('hex');
  return join(jarsDir(partsDir), `${name}-${key.slice(0, 12)}.jsa`);
}

function removeRemnants(path: string): void {
  const prefix = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : 0;
    if (pid && !identify(pid)) rmSync(join(dirname(path), name), { force: true });
  }
}
