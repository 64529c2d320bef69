// Remembers, in `<dataDir>/run/<part>.json`, which process serves a data directory and on which ports.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProcessId } from './processes.ts';

export interface RunFile {
  /** Ports of the last run; tried first by the next. */
  ports?: Record<string, number>;
  /** The part itself, while it is meant to run. */
  part?: ProcessId;
  /** The Millrace that started it. */
  owner?: ProcessId;
}

export function runPath(dataDir: string, name: string): string {
  return join(dataDir, 'run', `${name}.json`);
}

/** Empty when there is none, or when what is there cannot be read. */
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
