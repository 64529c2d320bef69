// Virtual time: events in the order of their times, each run after everything that the one before has set
// in motion. Nothing waits: the time jumps from one event to the next.
import { PriorityQueue } from '../../streams/engine/priority-queue.ts';

interface Event {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** Events handed to the event loop at once; promises are settled between any two of them. */
const eventsPerTurn = 64;

// Taken before a run forbids them.
const nextTurn = setImmediate;

const before = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order);

export class VirtualTime {
  /** Time, ms. */
  now = 0;
  /** Number of events so far. */
  count = 0;
  private readonly queue = new PriorityQueue<Event>(before);

  /** Makes a call after a time, ms; calls of equal times in the order they were asked for. @returns what calls it off */
  after(ms: number, run: () => void): () => void {
    const event: Event = { at: this.now + Math.max(0, ms), order: this.count++, run };
    this.queue.push(event);
    return () => {
      event.run = undefined;
    };
  }

  /** Runs events until one of them has brought about `done`, or until none is left. */
  run(done: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let over = false;
      const step = () => {
        if (over) return;
        try {
          if (!done() && this.next()) return;
          over = true;
          resolve();
        } catch (error) {
          over = true;
          reject(error);
        }
      };
      const turn = () => {
        for (let left = eventsPerTurn; left > 0; left--) nextTurn(step);
        nextTurn(() => {
          if (!over) turn();
        });
      };
      turn();
    });
  }

  /** Runs the next event. @returns false if there is none */
  private next(): boolean {
    for (;;) {
      const event = this.queue.pop();
      if (!event) return false;
      if (!event.run) continue;
      this.now = event.at;
      event.run();
      return true;
    }
  }
}
