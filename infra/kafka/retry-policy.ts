// Which errors of a broker are transient, and how a call is retried while they last.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, type Cluster, typeOf } from './wire/cluster.ts';

/** Waits between tries, ms: the first few are for the broker that still writes the last markers. */
const waits = [2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987];

/** What the broker asks to be tried again, besides what the client itself calls retriable. */
const transientTypes = new Set([
  'CONCURRENT_TRANSACTIONS',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'GROUP_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/** Whether an error is transient: a lost connection, an election, markers that are still being written. */
export function isTransient(error: unknown): boolean {
  const type = typeOf(error);
  if (type !== undefined) {
    return transientTypes.has(type) || (error as { retriable?: boolean }).retriable === true;
  }
  if (!(error instanceof Error) || !error.name.startsWith('KafkaJS')) return false;
  return !/NonRetriable|SASL|NotSupport|NotImplemented/.test(error.name);
}

/** Retries a call on transient errors, for `retryForMs` at most. */
export async function withRetries<T>(
  cluster: Cluster,
  retryForMs: number,
  action: () => Promise<T>,
  givenUp: () => boolean,
): Promise<T> {
  const until = performance.now() + retryForMs;
  for (let tries = 0; ; tries++) {
    try {
      if (tries > 0 && !cluster.isConnected()) await cluster.connect();
      return await action();
    } catch (error) {
      if (givenUp() || !isTransient(error) || performance.now() > until) throw error;
      await sleep(waits[Math.min(tries, waits.length - 1)]);
      if (typeOf(error) !== 'CONCURRENT_TRANSACTIONS') {
        await cluster.refreshMetadata().catch(() => {}); // the next try will tell
      }
    }
  }
}

/** A connection that was closed is noticed by the client only if it is told. */
export async function onBroker<T>(
  broker: Broker,
  call: (broker: Broker) => Promise<T>,
): Promise<T> {
  try {
    return await call(broker);
  } catch (error) {
    // One that does not answer is as good as closed, and would be asked again and again.
    if (/ConnectionClosed|RequestTimeout/.test((error as Error).name)) {
      await broker.disconnect().catch(() => {});
    }
    throw error;
  }
}
