// Follows a pipeline's log: which stages were begun anew, for which error, after which pause.
import { pino } from 'pino';

export interface Restart {
  readonly code: string;
  /** Before the new life, ms. */
  readonly pause: number;
}

export class RestartLog {
  readonly seen: Restart[] = [];
  readonly log = pino({ level: 'warn' }, { write: (line: string) => this.take(line) });
  private waiting: { times: number; resolve: () => void } | undefined;

  /** Resolves once there have been so many. */
  async until(times: number): Promise<void> {
    if (this.seen.length >= times) return;
    await new Promise<void>((resolve) => {
      this.waiting = { times, resolve };
    });
  }

  private take(line: string): void {
    const { msg, code, pause } = JSON.parse(line) as Restart & { msg: string };
    if (msg !== 'restarting') return;
    this.seen.push({ code, pause });
    if (this.waiting && this.seen.length >= this.waiting.times) this.waiting.resolve();
  }
}
