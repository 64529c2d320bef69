// A broker that has just started, or whose neighbour has gone, leads no partition and knows no group yet. It
// says so, and the client does not ask again (kafkajs 2.2.4).
import { type Clock, systemClock } from './clock.ts';
import { isTransient } from './retry-policy.ts';

/** Time for which it is asked again, ms: more than the nine seconds after which a broker is taken for dead. */
const retryForMs = 20_000;
const betweenMs = 100;

/** Asks again while that may end otherwise, for a bounded time. */
export async function retryTransient<T>(
  ask: () => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  const until = clock.now() + retryForMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isTransient(error) || clock.now() > until) throw error;
      await clock.sleep(betweenMs);
    }
  }
}
