// The first connection to brokers that were named: what is wrong is said at once, and brokers that are
// still starting are waited for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaAddress } from '../infra/kafka/connect.ts';
import { probeKafka } from '../infra/kafka/probe.ts';
import { codeOf, type MillraceError } from '../schemas/errors.ts';
import type { Logs } from './log.ts';

/** Time for which brokers that do not answer are asked again, ms. */
const patienceMs = 45_000;

/** Time between two tries, ms. */
const pauseMs = 1_000;

/**
 * Asks the brokers until one answers.
 * @param waits whether brokers that do not answer yet are waited for; else the first failure ends it
 * @throws MillraceError `broker-unavailable`, `broker-tls`, `broker-login`, `broker-access`,
 * `broker-refused`
 */
export async function firstContact(
  address: KafkaAddress,
  { say }: Pick<Logs, 'say'>,
  waits: boolean,
): Promise<void> {
  const until = performance.now() + (waits ? patienceMs : 0);
  for (let tries = 0; ; tries++) {
    try {
      await probeKafka(address);
      return;
    } catch (error) {
      if (codeOf(error) !== 'broker-unavailable' || performance.now() >= until) throw error;
      if (tries === 0) say(waiting(error as MillraceError));
      await sleep(pauseMs);
    }
  }
}

const waiting = ({ message }: MillraceError) =>
  `${message}\nAsking again for ${patienceMs / 1000} s; Ctrl-C ends it.`;
