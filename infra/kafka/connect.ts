// The Kafka client of every part: one place for addresses, security, retries and its logging.
import { Kafka, logLevel } from 'kafkajs';
import type { Logger } from 'pino';
import { patchKafkajs } from './kafkajs-patches.ts';
import { type KafkaSecurity, securityOf } from './security.ts';
import { seedsOf } from './seeds.ts';

export interface KafkaAddress extends KafkaSecurity {
  /** Addresses of the brokers, `host:port`, one or more; an IPv6 address in brackets. */
  readonly brokers: readonly string[];
  /** Name under which the brokers know the client. @default 'millrace' */
  readonly clientId?: string | undefined;
}

/**
 * Tries of a call to the broker. A transaction that begins while the last one's markers are being
 * written is told to come again; with the client's default of 300 ms that would be the latency of
 * every commit. Consumers must be given it by name: theirs is 5 tries, whatever the client's is.
 */
export const clientRetry = {
  initialRetryTime: 8,
  multiplier: 1.6,
  factor: 0.2,
  maxRetryTime: 3_000,
  retries: 25,
};

/**
 * @param retry what differs from `clientRetry`
 * @throws MillraceError `broker-tls` for certificates that cannot be used
 */
export function connectKafka(
  address: KafkaAddress,
  log: Logger,
  retry: Partial<typeof clientRetry> = {},
): Kafka {
  silenceNegativeTimeouts();
  patchKafkajs();
  return new Kafka({
    clientId: address.clientId ?? 'millrace',
    brokers: seedsOf(address.brokers),
    ...securityOf(address),
    connectionTimeout: 5_000,
    // Joining a group has a longer one of its own; nothing else takes a broker that long.
    requestTimeout: 10_000,
    retry: { ...clientRetry, ...retry },
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, level, log: entry }) => {
        const { message, timestamp: _, logger: __, stack: ___, ...rest } = entry;
        const fields = { part: `kafka${namespace ? `/${namespace}` : ''}`, ...rest };
        // What it will try again by itself is not news.
        const retried =
          /coordinator|rebalanc|not available|not the leader|retry|concurrent operation|write after end|Response (?:Metadata|FindCoord)/i;
        if (level <= logLevel.ERROR && !retried.test(`${message} ${String(rest.error ?? '')}`)) {
          log.error(fields, message);
        } else log.debug(fields, message);
      },
  });
}

/** Keeps Node 24 from warning on stderr of timers in the past, which kafkajs 2.2.4 sets. */
function silenceNegativeTimeouts(): void {
  const emit = process.emitWarning as typeof process.emitWarning & { quiet?: boolean };
  if (emit.quiet) return;
  const quiet = ((warning: string | Error, ...rest: unknown[]) => {
    const name = typeof warning === 'string' ? rest[0] : warning.name;
    if (name === 'TimeoutNegativeWarning') return;
    (emit as (...all: unknown[]) => void).call(process, warning, ...rest);
  }) as typeof emit;
  quiet.quiet = true;
  process.emitWarning = quiet;
}
