// The client's own retries (kafkajs/src/retry), in virtual time.
import { clientRetry } from '../../../infra/kafka/connect.ts';
import type { Life } from '../life.ts';
import { retriesExceeded } from './errors.ts';

export async function retrying<T>(life: Life, call: () => Promise<T>): Promise<T> {
  let pause = clientRetry.initialRetryTime;
  for (let tries = 0; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error as { retriable?: boolean }).retriable) throw error;
      if (tries === clientRetry.retries) throw retriesExceeded(error as Error, tries);
      await life.clock.sleep(pause);
      pause = Math.min(pause * clientRetry.multiplier, clientRetry.maxRetryTime);
    }
  }
}
