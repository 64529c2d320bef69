// Ends a query that nobody waits for any more, in the engine itself.
import { sqlText } from './warehouse.ts';

/** The statement that ends queries whose setting `log_comment` is `mark`. */
export const killMarked = (mark: string) =>
  `kill query where Settings['log_comment'] = ${sqlText(mark)} async`;

/** A query that has just been sent may not be there to be ended, ms. */
const again = 100;

/**
 * Runs `work`; from `signal` on, calls `stop` again and again until the work has ended, for a query that
 * has not begun cannot be ended.
 */
export async function stoppable<T>(
  work: () => Promise<T>,
  stop: () => Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await work();
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const end = () => {
    // Whether it worked shows in the work itself.
    void stop()
      .catch(() => undefined)
      .then(() => {
        if (!ended) timer = setTimeout(end, again);
      });
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  try {
    return await work();
  } finally {
    ended = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}
