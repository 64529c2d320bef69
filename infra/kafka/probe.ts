// Asks a cluster once whether it can be used with these settings.
import { pino } from 'pino';
import { connectKafka, type KafkaAddress } from './connect.ts';
import { forPeople } from './failures.ts';

export interface Probed {
  /** Number of brokers of the cluster. */
  readonly brokers: number;
}

/** @throws MillraceError `broker-unavailable`, `broker-tls`, `broker-login`, `broker-access`, `broker-refused` */
export async function probeKafka(address: KafkaAddress): Promise<Probed> {
  try {
    const once = { retries: Math.max(1, address.brokers.length - 1) };
    const admin = connectKafka(address, pino({ level: 'silent' }), once).admin();
    try {
      await admin.connect();
      return { brokers: (await admin.describeCluster()).brokers.length };
    } finally {
      await admin.disconnect();
    }
  } catch (error) {
    throw forPeople(error);
  }
}
