// Connections that stay closed. kafkajs 2.2.4 opens one again for a retry that was under way when it was
// disconnected, and leaves open what the other calls of a failed `Promise.all` open later: the process
// never ends.
import { createRequire } from 'node:module';

interface Cluster {
  readonly brokerPool: { disconnect(): Promise<void> };
}

type Call = (this: Cluster, ...args: unknown[]) => Promise<unknown>;

const { KafkaJSNonRetriableError } = createRequire(import.meta.url)('kafkajs/src/errors') as {
  KafkaJSNonRetriableError: new (message: string) => Error;
};

/** Clusters that were disconnected, and not connected again. */
const ended = new WeakSet<Cluster>();

/** Calls of the client's cluster that open connections, beside `connect`. */
export const opening = [
  'refreshMetadata',
  'refreshMetadataIfNecessary',
  'metadata',
  'addMultipleTargetTopics',
  'findBroker',
  'findControllerBroker',
  'findGroupCoordinator',
  'findGroupCoordinatorMetadata',
  'fetchTopicsOffset',
];

/** Wraps a cluster's `disconnect`: it is ended until it is connected again. */
export function endingAll(disconnect: Call): Call {
  return async function () {
    ended.add(this);
    return disconnect.call(this);
  };
}

/** Wraps a cluster's `connect`: what it opens is closed if the cluster was ended meanwhile. */
export function beginningAgain(connect: Call): Call {
  return async function () {
    ended.delete(this);
    return closedIfEnded(this, connect.call(this));
  };
}

/** Wraps a call of a cluster: refused where the cluster is ended, and closed after it if it ends meanwhile. */
export function unlessEnded(call: Call): Call {
  return async function (...args) {
    if (ended.has(this)) {
      throw new KafkaJSNonRetriableError('The connections to the cluster are closed.');
    }
    return closedIfEnded(this, call.apply(this, args));
  };
}

async function closedIfEnded<T>(cluster: Cluster, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } finally {
    if (ended.has(cluster)) await cluster.brokerPool.disconnect();
  }
}
