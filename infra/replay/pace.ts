// How fast a log is replayed: as it goes, or a number of times as fast as it happened.
import { setTimeout as sleep } from 'node:timers/promises';

export class Pace {
  private readonly speed: number | undefined;
  private start: { wall: number; event: number } | undefined;
  private slept = false;

  /** `speed`: event seconds in a second; undefined does not wait. */
  constructor(speed: number | undefined) {
    this.speed = speed;
  }

  /** It has waited since it was last asked: what is gathered should go out now. */
  get due(): boolean {
    const due = this.slept;
    this.slept = false;
    return due;
  }

  /** Waits until the moment of an event has come. */
  async until(at: number, signal?: AbortSignal): Promise<void> {
    if (this.speed === undefined) return;
    this.start ??= { wall: performance.now(), event: at };
    const wait = (at - this.start.event) / this.speed - (performance.now() - this.start.wall);
    if (wait < 5) return;
    this.slept = true;
    await sleep(wait, undefined, signal ? { signal } : {}).catch(() => {});
  }
}
