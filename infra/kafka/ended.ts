// Connections that stay closed. kafkajs 2.2.4 opens one for whatever is sent, also after its cluster was
// disconnected: for a retry that was under way, for what the other calls of a failed `Promise.all` do
// later, for a call on a broker that was looked up before. It knows nothing of such a connection, nor of
// the first of two that two calls open at once, and the process never ends.
import { createRequire } from 'node:module';

interface Connection {
  isConnected(): boolean;
  disconnect(): Promise<unknown>;
}

interface Builder {
  build(...args: unknown[]): Promise<{ readonly pool: readonly Connection[] }>;
}

interface Cluster {
  readonly brokerPool: { readonly connectionPoolBuilder: Builder };
}

type ClusterCall = (this: Cluster, ...args: unknown[]) => Promise<unknown>;
type ConnectionCall = (this: Connection, ...args: unknown[]) => Promise<unknown>;

const { KafkaJSNonRetriableError } = createRequire(import.meta.url)('kafkajs/src/errors') as {
  KafkaJSNonRetriableError: new (message: string) => Error;
};

/** What is known of the connections of a cluster. */
interface Life {
  /** Whether it was disconnected, and not connected again. */
  ended: boolean;
  /** Those that were opened, and not seen closed. */
  readonly open: Set<Connection>;
}

const lives = new WeakMap<Cluster, Life>();
const lifeOf = new WeakMap<Connection, Life>();
/** Connections that are being opened. */
const opening = new WeakMap<Connection, Promise<unknown>>();

/** Wraps a cluster's `connect`: it may open connections until it is disconnected. */
export function beginning(connect: ClusterCall): ClusterCall {
  return async function (...args) {
    lifeOfCluster(this).ended = false;
    return connect.apply(this, args);
  };
}

/** Wraps a cluster's `disconnect`: none of its connections is left, and none is opened any more. */
export function endingAll(disconnect: ClusterCall): ClusterCall {
  return async function (...args) {
    const life = lifeOfCluster(this);
    life.ended = true;
    const done = await disconnect.apply(this, args);
    await Promise.all([...life.open].map((connection) => connection.disconnect()));
    life.open.clear();
    return done;
  };
}

/**
 * Wraps a connection's `connect`: refused where its cluster is ended, closed if that ends meanwhile, and one
 * for all that ask at once.
 */
export function unlessEnded(connect: ConnectionCall): ConnectionCall {
  return async function (...args) {
    const life = lifeOf.get(this);
    if (life?.ended) throw closedError();
    const underWay = opening.get(this);
    if (underWay) return underWay;
    const opened = connect.apply(this, args).then(async (done) => {
      if (life?.ended) {
        await this.disconnect();
        throw closedError();
      }
      for (const one of life?.open ?? []) if (!one.isConnected()) life!.open.delete(one);
      life?.open.add(this);
      return done;
    });
    const settled = opened.finally(() => opening.delete(this));
    opening.set(this, settled);
    return settled;
  };
}

function closedError(): Error {
  return new KafkaJSNonRetriableError('The connections to the cluster are closed.');
}

function lifeOfCluster(cluster: Cluster): Life {
  const known = lives.get(cluster);
  if (known) return known;
  const life: Life = { ended: false, open: new Set() };
  lives.set(cluster, life);
  const { connectionPoolBuilder } = cluster.brokerPool;
  const build = connectionPoolBuilder.build.bind(connectionPoolBuilder);
  connectionPoolBuilder.build = async (...args) => {
    const built = await build(...args);
    for (const connection of built.pool) lifeOf.set(connection, life);
    return built;
  };
  return life;
}
