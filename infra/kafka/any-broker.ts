// Which broker the client asks where any will do. kafkajs 2.2.4 asks the one it meets first, or the one that
// is called the controller, and fails if that one is gone; the brokers go on naming it for the nine seconds
// after which they take it for dead (broker.session.timeout.ms). And where all refuse, it forgets why.

interface Broker {
  isConnected(): boolean;
}

type Callback = (of: { nodeId: string; broker: Broker }) => Promise<unknown>;

interface BrokerPool {
  readonly brokers: Readonly<Record<string, Broker>>;
  findBroker(of: { nodeId: string }): Promise<Broker>;
  findConnectedBroker(): Promise<Broker>;
}

type WithBroker = (this: BrokerPool, callback: Callback) => Promise<unknown>;

/**
 * Wraps a pool's `withBroker`: every broker is asked until one answers, those first that are connected.
 * If none does, the last error is thrown.
 */
export function askingEach(withBroker: WithBroker): WithBroker {
  return async function (callback) {
    const known = Object.keys(this.brokers);
    if (known.length === 0) return withBroker.call(this, callback); // the client's own error
    const isConnected = (nodeId: string) => Number(this.brokers[nodeId]?.isConnected() ?? false);
    let last: unknown;
    for (const nodeId of known.sort((a, b) => isConnected(b) - isConnected(a))) {
      try {
        return await callback({ nodeId, broker: await this.findBroker({ nodeId }) });
      } catch (error) {
        last = error;
      }
    }
    throw last;
  };
}

interface Cluster {
  readonly brokerPool: Pick<BrokerPool, 'findConnectedBroker'>;
}

type FindController = (this: Cluster) => Promise<Broker>;

/** Errors of the client for a broker that cannot be reached. */
const unreachable = new Set(['KafkaJSConnectionError', 'KafkaJSBrokerNotFound']);

/**
 * Wraps a cluster's `findControllerBroker`: where the one that is named does not answer, any that does.
 * Each can give a producer id, and passes on what is for the controller.
 */
export function anyController(find: FindController): FindController {
  return async function () {
    try {
      return await find.call(this);
    } catch (error) {
      if (!unreachable.has((error as Error).name)) throw error;
      return this.brokerPool.findConnectedBroker();
    }
  };
}
