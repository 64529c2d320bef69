// The command line as its user runs it, in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';

const program = new URL('../../bin/millrace.ts', import.meta.url).pathname;

export interface Run {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  /** Exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

export function millrace(args: readonly string[], env: Record<string, string> = {}): Run {
  return runNode([program, ...args], { env });
}

/** Node in a process of its own. @param options working directory (default: this one's), and variables to add */
export function runNode(
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Run {
  const child = spawn(process.execPath, args, {
    ...(cwd ? { cwd } : {}),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (output.out += chunk));
  child.stderr.on('data', (chunk) => (output.err += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output, ended };
}

/** Resolves with the match once it is on stderr; rejects with all of it when the program ends before. */
export function said({ child, output, ended }: Run, text: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const match = text.exec(output.err);
      if (match) resolve(match);
    };
    child.stderr?.on('data', look);
    void ended.then(() => reject(new Error(`ended without saying ${text}:\n${output.err}`)));
    look();
  });
}
