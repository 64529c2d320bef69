// Tells one process from another, so that no signal ever reaches a stranger with a recycled id.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export interface ProcessId {
  pid: number;
  /** When the process started, in the system's own words; with the pid it is unique. */
  started: string;
}

const hasProc = existsSync('/proc/self/stat');

/** Start time of a live process, or undefined when there is none (a zombie counts as none). */
export function startedAt(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (!hasProc) return ps(pid, 'lstart=');
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name (field 2) may hold spaces and brackets; what follows its last bracket does not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Command line of a live process, words separated by spaces. */
export function commandLine(pid: number): string | undefined {
  if (!hasProc) return ps(pid, 'args=');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return undefined;
  }
}

export function identify(pid: number): ProcessId | undefined {
  const started = startedAt(pid);
  return started === undefined ? undefined : { pid, started };
}

export function isAlive(id: ProcessId): boolean {
  return startedAt(id.pid) === id.started;
}

function ps(pid: number, field: string): string | undefined {
  const found = spawnSync('ps', ['-ww', '-o', field, '-p', String(pid)], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() || undefined : undefined;
}

/** Waits until the process is gone; false when it is still there after `ms`. */
export async function gone(id: ProcessId, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  while (isAlive(id)) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

/** Ends a process of ours: waits, then SIGTERM, then SIGKILL. `marks` must be in its command line. */
export async function endLeftover(
  id: ProcessId,
  marks: readonly string[],
  patience: { alone: number; term: number } = { alone: 3000, term: 15_000 },
): Promise<void> {
  for (const [signal, ms] of [
    [undefined, patience.alone],
    ['SIGTERM', patience.term],
    ['SIGKILL', 5000],
  ] as const) {
    if (signal) signalOurs(id, marks, signal);
    if (await gone(id, ms)) return;
  }
}

function signalOurs(id: ProcessId, marks: readonly string[], signal: NodeJS.Signals): void {
  const line = commandLine(id.pid) ?? '';
  if (!isAlive(id) || !marks.every((mark) => line.includes(mark))) return;
  try {
    process.kill(id.pid, signal);
  } catch {
    // It ended in between.
  }
}
