// Time as the runtime sees it: everything that reads it or waits goes through one clock, so that a
// simulation can put a time of its own in its place.
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';

export interface Clock {
  /** Time that does not go back, ms. */
  now(): number;
  /** Time of the day, ms since the epoch. */
  date(): number;
  /** Waits, at most until the signal aborts; it does not reject. @param ms time to wait, ms */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Makes a call after a time, ms. @returns what calls it off */
  after(ms: number, call: () => void): () => void;
  /** Makes a call again and again, every so many ms. @returns what ends it */
  every(ms: number, call: () => void): () => void;
  /** Lets all other work of the process have its turn. */
  turn(): Promise<void>;
}

/** The time of the machine. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  date: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, signal && { signal }).catch(() => {}),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  every(ms, call) {
    const timer = setInterval(call, ms);
    return () => clearInterval(timer);
  },
  turn: () => nextTurn(),
} satisfies Clock);
