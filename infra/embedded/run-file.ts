// Remembers, in `<dataDir>/run/<part>.json`, which process serves a data directory and on which ports.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProcessId } from './processes.ts';

export interface RunFile {
  /** Ports of the last run; the next run tries them first. */
  ports?: Record<string, number>;
  /** Process of the part; absent when the part is not meant to run. */
  part?: ProcessId;
  /** Process of the Millrace that started the part. */
  owner?: ProcessId;
}

export function runPath(dataDir: string, name: string): string {
  return join(dataDir, 'run', `${name}.json`);
}

/** What the run file says; empty if there is none or it cannot be read. */
export function readRun(dataDir: string, name: string): RunFile {
  const path = runPath(dataDir, name);
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunFile;
  } catch {
    return {};
  }
}

export function writeRun(dataDir: string, name: string, run: RunFile): void {
  const path = runPath(dataDir, name);
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(run, null, 2)}\n`);
  renameSync(temporary, path);
}
