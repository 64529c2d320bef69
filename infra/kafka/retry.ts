// A broker that has just started leads no partition and knows no group yet. It says so, and the client
// does not ask again (kafkajs 2.2.4).
import { type Clock, systemClock } from './clock.ts';

const tries = 100;
const betweenMs = 100;

/** Asks again while the broker says that it can be asked again. */
export async function retryRetriable<T>(
  ask: () => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  for (let left = tries; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || !(error as { retriable?: boolean }).retriable) throw error;
      await clock.sleep(betweenMs);
    }
  }
}
