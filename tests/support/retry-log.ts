// Follows a pipeline's log: which stages were begun anew and which events tried again, for which error,
// after which pause.
import { pino } from 'pino';

export interface Retry {
  readonly code: string;
  /** Before it is tried again, ms. */
  readonly pause: number;
}

export class RetryLog {
  readonly seen: Retry[] = [];
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
    const { code, pause } = JSON.parse(line) as Partial<Retry>;
    if (code === undefined || pause === undefined) return;
    this.seen.push({ code, pause });
    if (this.waiting && this.seen.length >= this.waiting.times) this.waiting.resolve();
  }
}
