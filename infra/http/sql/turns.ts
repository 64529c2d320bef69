// Lets few run at once and some wait, and turns the rest away.
import { refuse } from '../../clickhouse/guard/refuse.ts';

/** @returns a function that runs `work` in its turn. It refuses with code 202 if too many wait, and with
 * code 394 if `signal` ends the wait. */
export function takeTurns(concurrency: number, waiting: number) {
  const queue = new Set<() => void>();
  let running = 0;
  return async <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    if (running >= concurrency) {
      if (queue.size >= waiting)
        refuse('TOO_MANY_SIMULTANEOUS_QUERIES', 'Too many simultaneous queries');
      // Who leaves hands over the place, so `running` stays as it is.
      await new Promise<void>((resolve, reject) => {
        const leave = () => {
          queue.delete(enter);
          reject(cancelled());
        };
        const enter = () => {
          queue.delete(enter);
          signal?.removeEventListener('abort', leave);
          resolve();
        };
        queue.add(enter);
        if (signal?.aborted) leave();
        else signal?.addEventListener('abort', leave, { once: true });
      });
    } else running += 1;
    try {
      return await work();
    } finally {
      const [next] = queue;
      if (next) next();
      else running -= 1;
    }
  };
}

function cancelled(): unknown {
  try {
    return refuse('QUERY_WAS_CANCELLED', 'Query was cancelled');
  } catch (error) {
    return error;
  }
}
