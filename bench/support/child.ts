// Processes of the benchmarks' own, told what to do by their argument, answering by messages.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ChildOptions {
  /** Plain data, which becomes the JSON of the process's one argument. */
  readonly told: unknown;
  /** Flags of Node. @default none */
  readonly flags?: readonly string[];
  readonly signal: AbortSignal;
  readonly onMessage: (message: unknown) => void;
}

export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** Rejects if the process ends with another code than 0. */
  readonly ended: Promise<void>;
  send(message: string): void;
}

/** @param script relative to this folder; its stdout goes to our stderr */
export function startChild(script: string, options: ChildOptions): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = fork(path, [JSON.stringify(options.told)], {
    execArgv: ['--disable-warning=ExperimentalWarning', ...(options.flags ?? [])],
    stdio: ['ignore', 2, 2, 'ipc'],
    signal: options.signal,
  });
  child.on('message', options.onMessage);
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${script} ended with ${code ?? signal}; see above.`));
    });
  });
  ended.catch(() => {});
  return {
    pid: child.pid!,
    ended,
    send: (message) => void child.send(message),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended.catch(() => {});
    },
  };
}

/**
 * Keeps the child process alive at Ctrl-C, which reaches it in a terminal too: its parent says when
 * to end.
 */
export function followParent(): void {
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit());
}

/** In the child process, what it was told. */
export const told = (): unknown => JSON.parse(process.argv[2] ?? '{}');
