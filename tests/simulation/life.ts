// One life of a process: its clock, and what reaches it. Nothing reaches it after its death, so whatever it
// was doing goes no further, between any two round trips; while it is frozen everything waits.
import type { Clock } from '../../infra/kafka/clock.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Time of the day at which every run begins, ms since the epoch. */
export const dayOne = 1_700_000_000_000;

/** A connection as the process's fate sees it. */
export interface Cuttable {
  /** Cuts it. @param told whether the client notices */
  cut(told?: boolean): void;
  /** The process is gone. @param inFlight whether what was sent still arrives */
  abandon(inFlight: boolean): void;
}

export class Life {
  readonly name: string;
  readonly clock: Clock;
  alive = true;
  /** Time from which it runs again, ms; in the past unless it is frozen. */
  thawsAt = 0;
  /** Time from which its connections carry something again, ms; in the past unless it is cut off. */
  reachableAt = 0;
  private readonly time: VirtualTime;
  /** Its open connections. */
  readonly connections = new Set<Cuttable>();

  constructor(name: string, time: VirtualTime) {
    this.name = name;
    this.time = time;
    this.clock = {
      now: () => time.now,
      date: () => dayOne + Math.floor(time.now),
      after: (ms, call) => this.deliver(ms, call),
      every: (ms, call) => this.every(ms, call),
      sleep: (ms, signal) => this.sleep(ms, signal),
      turn: () => this.sleep(0),
    };
  }

  /** Lets something reach the process after a time, ms. @returns what calls it off */
  deliver(ms: number, call: () => void): () => void {
    let off = this.time.after(ms, () => {
      if (!this.alive) return;
      const frozen = this.thawsAt - this.time.now;
      if (frozen > 0) off = this.deliver(frozen, call);
      else call();
    });
    return () => off();
  }

  /** Ends the process, without a word to itself. @param inFlight whether what it has sent still arrives */
  die(inFlight: boolean): void {
    this.alive = false;
    for (const connection of this.connections) connection.abandon(inFlight);
    this.connections.clear();
  }

  private every(ms: number, call: () => void): () => void {
    let off: () => void;
    const again = () => {
      off = this.deliver(ms, () => {
        again();
        call();
      });
    };
    again();
    return () => off();
  }

  private sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const off = this.deliver(ms, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      const stop = () => {
        off();
        resolve();
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
  }
}
