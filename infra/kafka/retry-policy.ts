// Which errors of a broker are transient, and how a call is retried while they last.
import type { Clock } from './clock.ts';
import { type Broker, type Cluster, protocolError, typeOf } from './wire/cluster.ts';

/**
 * Pauses between tries, ms; the first few are short, for a broker that is writing the last markers.
 */
const waits = [2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987];

/**
 * Error types after which a call is tried again, beside those that the client itself calls
 * retriable.
 */
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

/**
 * Retries a call on transient errors until a deadline; a call that is under way then is given up, and the
 * error before it is the one that is thrown.
 * @param until deadline, ms of the clock
 */
export async function withRetries<T>(
  cluster: Cluster,
  until: number,
  action: () => Promise<T>,
  givenUp: () => boolean,
  clock: Clock,
): Promise<T> {
  let last: unknown;
  for (let tries = 0; ; tries++) {
    try {
      if (tries > 0 && !cluster.isConnected()) await within(until, cluster.connect(), clock);
      return await within(until, action(), clock);
    } catch (error) {
      last = cutOff.has(error as object) ? (last ?? error) : error;
      if (givenUp() || !isTransient(error) || clock.now() > until) throw last;
      await clock.sleep(waits[Math.min(tries, waits.length - 1)]!);
      if (givenUp()) throw last;
      if (typeOf(error) !== 'CONCURRENT_TRANSACTIONS') {
        await within(until, cluster.refreshMetadata(), clock).catch(() => {}); // the next try will tell
      }
    }
  }
}

const requestTimedOut = 7;

/** Errors of calls that were given up at the deadline: they say nothing of why. */
const cutOff = new WeakSet<object>();

function cut(): Error {
  const error = protocolError(requestTimedOut);
  cutOff.add(error);
  return error;
}

/** @throws at the deadline, the client's error for a request that was not answered */
async function within<T>(until: number, call: Promise<T>, clock: Clock): Promise<T> {
  const late = Promise.withResolvers<never>();
  const callOff = clock.after(Math.max(0, until - clock.now()), () => late.reject(cut()));
  call.catch(() => {}); // it may fail when nobody waits for it any more
  try {
    return await Promise.race([call, late.promise]);
  } finally {
    callOff();
  }
}

/**
 * Makes a call to a broker, and tells the client if the connection was closed: it does not notice
 * by itself.
 */
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
