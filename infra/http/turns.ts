// Lets few run at once and some wait, and turns the rest away.
import { refuse } from '../clickhouse/guard/refuse.ts';

/** @returns a function that runs `work` in its turn, or refuses with code 202 if too many wait */
export function takeTurns(concurrency: number, waiting: number) {
  const queue: (() => void)[] = [];
  let running = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= concurrency) {
      if (queue.length >= waiting)
        refuse('TOO_MANY_SIMULTANEOUS_QUERIES', 'Too many simultaneous queries');
      // Who leaves hands over the place, so `running` stays as it is.
      await new Promise<void>((resolve) => queue.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
