// Keeps workers running as an orchestrator would: one that ends without having been asked to comes back.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from './worker-options.ts';

const program = fileURLToPath(new URL('./worker.ts', import.meta.url));
const quiet = ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning'];

/** After a request to leave, as much time as an orchestrator gives by default, ms. */
const graceMs = 30_000;

/** A place for a worker: a process at the most, now and then another. */
export class Worker implements AsyncDisposable {
  readonly logFile: string;
  /** Where its state lives; undefined: in memory. */
  readonly stateDir: string | undefined;
  /** Times it ended by itself, which is its right when the trouble lasts. */
  gaveUp = 0;
  private readonly options: WorkerOptions;
  private child: ChildProcess | undefined;
  private wanted = false;
  /** How many want nobody to be here. */
  private holds = 0;

  constructor(options: WorkerOptions) {
    this.options = options;
    this.logFile = options.logFile;
    this.stateDir = options.stateDir;
  }

  get running(): boolean {
    return this.child !== undefined;
  }

  /** Keeps a process here from now on. */
  start(): void {
    this.wanted = true;
    this.fill();
  }

  /** SIGKILL; the supervisor begins it again after a moment. */
  kill(): void {
    this.child?.kill('SIGKILL');
  }

  /** SIGKILL, and nobody is here until what this returns is called. */
  async keepAway(): Promise<() => void> {
    this.holds++;
    const { child } = this;
    if (child) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    return () => {
      this.holds--;
      this.fill();
    };
  }

  /** SIGSTOP, and SIGCONT after so many milliseconds if the same process is still there. */
  async freeze(ms: number): Promise<void> {
    const { child } = this;
    child?.kill('SIGSTOP');
    await sleep(ms);
    if (child === this.child) child?.kill('SIGCONT');
  }

  /** Asks it to leave, and does not begin it again. @returns false when it had to be killed */
  async leave(): Promise<boolean> {
    this.wanted = false;
    const { child } = this;
    if (!child) return true;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    let inTime = true;
    const timer = setTimeout(() => {
      inTime = false;
      child.kill('SIGKILL');
    }, graceMs);
    await ended;
    clearTimeout(timer);
    return inTime;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child?.kill('SIGCONT');
    await this.leave();
  }

  /** Begins a process if one is wanted here and there is none. */
  private fill(): void {
    if (this.wanted && this.holds === 0 && !this.child) this.spawn();
  }

  private spawn(): void {
    const args = [...quiet, program, JSON.stringify(this.options)];
    const errors = openSync(this.logFile, 'a');
    // The pipe on stdin ends with this process, and so does the worker.
    const child = spawn(process.execPath, args, { stdio: ['pipe', errors, errors] });
    this.child = child;
    child.once('exit', (code) => {
      this.child = undefined;
      if (this.wanted && code !== null) this.gaveUp++;
      setTimeout(() => this.fill(), 300);
    });
  }
}
