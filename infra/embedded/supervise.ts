// Runs a child that cannot outlive its parent, even when the parent is killed with SIGKILL.
// A small shell waits on a pipe from us: when it closes, for whatever reason, the child is ended.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { lastLines } from './command.ts';

// $1: seconds between SIGTERM and SIGKILL; the rest is the command.
// fd 3 is the pipe, kept from the child; the first line on stdout is the child's process id.
const SCRIPT = `
exec 3<&0 </dev/null
grace=$1; shift
"$@" 3<&- >&2 & child=$!
(
  exec >/dev/null
  read line <&3
  kill -TERM $child 2>/dev/null
  while [ $grace -gt 0 ] && kill -0 $child 2>/dev/null; do sleep 1; grace=$((grace - 1)); done
  kill -KILL $child 2>/dev/null
) & watcher=$!
echo $child
exec >/dev/null
wait $child; code=$?
kill $watcher 2>/dev/null
exit $code
`;

export interface Supervised {
  /** Process id of the command, not of the shell around it. */
  readonly pid: number;
  /** Resolves with the exit code, 128 + n when signal n ended it. */
  readonly exited: Promise<number | null>;
  /** Ends the command: SIGTERM, then SIGKILL after the grace. Resolves once the process is gone. */
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  cwd: string;
  /**
   * File for the command's stdout and stderr; that of the run before is kept with `.1` at its end.
   */
  logFile: string;
  /** Seconds between SIGTERM and SIGKILL. @default 20 */
  grace?: number;
}

export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  if (existsSync(options.logFile)) renameSync(options.logFile, `${options.logFile}.1`);
  const log = openSync(options.logFile, 'a');
  const shell = spawn(
    'sh',
    ['-c', SCRIPT, 'millrace', String(options.grace ?? 20), options.command, ...options.args],
    {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', log],
      // A session of its own: Ctrl-C in a terminal reaches us alone, and we drain before the child ends.
      detached: true,
    },
  );
  closeSync(log);
  const exited = new Promise<number | null>((resolve, reject) => {
    shell.once('error', reject);
    shell.once('exit', (code) => resolve(code));
  });
  exited.catch(() => {});
  shell.stdin?.on('error', () => {});
  const pid = await firstLine(shell, exited);
  return {
    pid,
    exited,
    async stop() {
      shell.stdin?.end();
      await exited;
    },
  };
}

async function firstLine(shell: ChildProcess, exited: Promise<unknown>): Promise<number> {
  const lines = createInterface({ input: shell.stdout! });
  const line = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    exited.then(() => ''),
  ]);
  lines.close();
  return Number.parseInt(line, 10);
}

/** The last lines of a log, for an error message. */
export function tail(file: string, lines = 12): string {
  try {
    return lastLines(readFileSync(file, 'utf8'), lines);
  } catch {
    return '';
  }
}
