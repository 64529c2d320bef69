// The client itself, as far as the runtime uses it: clusters, admins and members of groups.
import type { Kafka } from 'kafkajs';
import { adminOf } from './admin.ts';
import type { ClientEnvironment } from './broker.ts';
import { ClientCluster } from './cluster.ts';
import { type ConsumerOptions, GroupConsumer } from './consumer.ts';

/** The client of one life of a process, on the simulated brokers. */
export function simulatedKafka(env: ClientEnvironment): Kafka {
  const client = {
    [Symbol('private:Kafka:createCluster')]: () => new ClientCluster(env),
    admin: () => adminOf(env),
    consumer: (options: ConsumerOptions) => new GroupConsumer(env, options),
  };
  return client as unknown as Kafka;
}
