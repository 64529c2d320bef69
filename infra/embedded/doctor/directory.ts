// The data directory: it is written to, not only looked at.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isAlive, type ProcessId } from '../processes.ts';
import { readRun } from '../run-file.ts';
import type { Checked, Finding } from './finding.ts';

const part = 'Data directory';

/** Writes a file in the directory, or where it will be made, and takes it away again. */
export function directory({ dataDir }: Checked): Finding {
  const there = existsSync(dataDir);
  let place = dataDir;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  const todo = 'Name a directory that can be written with --data-dir or MILLRACE_DATA_DIR.';
  if (!statSync(place).isDirectory()) {
    return { part, status: 'missing', what: `${place} is a file`, todo };
  }
  const refused = written(place);
  if (refused) {
    return { part, status: 'missing', what: `${place} cannot be written: ${refused}`, todo };
  }
  if (!there) return { part, status: 'ok', what: `${dataDir} is not there yet and can be made` };
  const holder = readRun(dataDir, 'millrace') as Partial<ProcessId>;
  if (holder.pid && holder.started && isAlive(holder as ProcessId)) {
    const busy = 'Nothing to ask it; to start another one, give it a directory of its own.';
    const what = `${dataDir}: a Millrace works here (process ${holder.pid})`;
    return { part, status: 'warn', what, todo: busy };
  }
  return { part, status: 'ok', what: `${dataDir} can be written` };
}

/** Why a file cannot be written there; empty if it can. */
function written(place: string): string {
  let scratch: string | undefined;
  try {
    scratch = mkdtempSync(join(place, '.doctor-'));
    writeFileSync(join(scratch, 'written'), 'as a start would');
    return '';
  } catch (error) {
    return (error as Error).message;
  } finally {
    if (scratch) rmSync(scratch, { recursive: true, force: true });
  }
}
