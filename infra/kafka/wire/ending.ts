// Connections that stay closed. The client opens one again for whatever asks it after it was disconnected,
// and goes on opening what it was asked for before: a retry that was under way, or a call that was given
// up at its deadline. A process whose work is over would then never end.

/** Calls that open connections. */
const opening = [
  'connect',
  'refreshMetadata',
  'refreshMetadataIfNecessary',
  'addMultipleTargetTopics',
  'findBroker',
  'findGroupCoordinator',
] as const;

// biome-ignore lint/suspicious/noExplicitAny: passed on as they are
type Call = (...args: any[]) => Promise<unknown>;

type Connections = Readonly<Record<(typeof opening)[number], Call>> & {
  disconnect(): Promise<void>;
};

/** Lets a cluster be disconnected for good: calls of later are refused, and what earlier ones open is closed. */
export function endedByDisconnect<C extends Connections>(cluster: C): C {
  let ended = false;
  const disconnect = cluster.disconnect.bind(cluster);
  const ending: Record<string, Call> = {};
  for (const name of opening) {
    const call = cluster[name];
    ending[name] = async (...args) => {
      if (ended) throw new Error('The connections to the cluster are closed.');
      try {
        return await call.apply(cluster, args);
      } finally {
        if (ended) await disconnect();
      }
    };
  }
  ending.disconnect = async () => {
    ended = true;
    await disconnect();
  };
  return Object.assign(cluster, ending);
}
