// Paces a replay: as fast as it goes, or a number of times as fast as the log happened.
import { setTimeout as sleep } from 'node:timers/promises';

/** Shortest wait for which a timer is set, ms. */
const leastMs = 5;

/** Longest wait of one timer, ms: Node fires a longer timer at once. */
const mostMs = 0x8000_0000 - 1;

export class Pace {
  private readonly speed: number | undefined;
  private readonly now: () => number;
  private start: { wall: number; event: number } | undefined;

  /** @param speed seconds of event time in a second; undefined does not wait */
  constructor(speed: number | undefined, now: () => number = () => performance.now()) {
    this.speed = speed;
    this.now = now;
  }

  /** Whether the moment of an event is still to come. */
  waits(at: number): boolean {
    return this.left(at) >= leastMs;
  }

  /** Waits until the moment of an event has come. */
  async until(at: number, signal?: AbortSignal): Promise<void> {
    for (let left = this.left(at); left >= leastMs && !signal?.aborted; left = this.left(at)) {
      const wait = Math.min(left, mostMs);
      await sleep(wait, undefined, signal ? { signal } : {}).catch(() => {});
    }
  }

  /** Time until the event is due, ms of wall time. */
  private left(at: number): number {
    if (this.speed === undefined) return 0;
    this.start ??= { wall: this.now(), event: at };
    return (at - this.start.event) / this.speed - (this.now() - this.start.wall);
  }
}
