// kafkajs 2.2.4 asks the broker that the metadata call the controller for a new producer id, and to make
// topics, and fails if that one is gone. The brokers go on naming it for the nine seconds after which they
// take it for dead (broker.session.timeout.ms). Any broker can do both, so another one is asked.

interface Broker {
  readonly nodeId?: string;
}

interface Cluster {
  readonly brokerPool: { findConnectedBroker(): Promise<Broker> };
}

type Find = (this: Cluster) => Promise<Broker>;

/** Errors of the client for a broker that cannot be reached. */
const unreachable = new Set(['KafkaJSConnectionError', 'KafkaJSBrokerNotFound']);

/** Wraps `findControllerBroker`: where the one that is named does not answer, any that does. */
export function anyInstead(find: Find): Find {
  return async function (this: Cluster) {
    try {
      return await find.call(this);
    } catch (error) {
      if (!unreachable.has((error as Error).name)) throw error;
      return this.brokerPool.findConnectedBroker();
    }
  };
}
