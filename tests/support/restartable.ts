// A part that a test may end, and that comes back on its port and data.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedPart } from '../../infra/embedded/types.ts';

/** `kill` is SIGKILL; `stop` lets the part end in its own way. */
export type How = 'kill' | 'stop';

/** A part that can be ended and comes back as it was. */
export class Restartable<P extends EmbeddedPart> implements AsyncDisposable {
  private readonly begin: (port: number) => Promise<P>;
  private running: P;
  private turn: Promise<void> = Promise.resolve();
  private away = false;

  private constructor(begin: (port: number) => Promise<P>, running: P) {
    this.begin = begin;
    this.running = running;
  }

  static async start<P extends EmbeddedPart>(begin: (port: number) => Promise<P>, port: number) {
    return new Restartable(begin, await begin(port));
  }

  get part(): P {
    return this.running;
  }

  /** Ends it; resolves when its process is gone. */
  end(how: How): Promise<void> {
    return this.next(async () => {
      if (this.away) return;
      this.away = true;
      const { pid, exited } = this.running;
      if (how === 'kill') process.kill(pid, 'SIGKILL');
      else await this.running[Symbol.asyncDispose]();
      await exited;
    });
  }

  /** Begins it again after `end`; resolves when it serves. */
  again(): Promise<void> {
    return this.next(async () => {
      if (!this.away) return;
      const { port } = this.running;
      this.running = await this.begin(port);
      this.away = false;
      if (this.running.port !== port) throw new Error(`The port ${port} was taken meanwhile.`);
    });
  }

  /** Ends it, waits, begins it again; resolves when it serves. One restart at a time. */
  restart(how: How, awayMs: number): Promise<void> {
    this.end(how);
    this.next(() => sleep(awayMs));
    return this.again();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.turn.catch(() => {}); // whoever asked for it was told
    await this.running[Symbol.asyncDispose]();
  }

  /** One thing after the other; once something failed, the rest fails with it. */
  private next(what: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(what);
    this.turn.catch(() => {}); // a later turn, or the caller, is told
    return this.turn;
  }
}
