// Three brokers of a test's own (KRaft, each a controller too), which it may kill: replication 3, two
// replicas in sync. Each comes back on its port and data.
import { join } from 'node:path';
import { newClusterId, startKafka } from '../../infra/embedded/kafka.ts';
import type { KafkaOptions } from '../../infra/embedded/kafka-properties.ts';
import { freePort } from '../../infra/embedded/ports.ts';
import type { EmbeddedKafka, StartOptions } from '../../infra/embedded/types.ts';
import { Restartable } from './restartable.ts';

export interface BrokersOptions extends Pick<StartOptions, 'partsDir' | 'log'> {
  /** Directory for the data; each broker has one of its own in it. */
  readonly dir: string;
  /** @default 3 */
  readonly count?: number;
  /** Port from which free ones are looked for. @default 13_000 and more, by the process */
  readonly firstPort?: number;
  /** Further options of the broker with this id, such as its listeners. @default none */
  readonly options?: (
    id: number,
  ) => Pick<KafkaOptions, 'listeners' | 'settings' | 'rebalanceDelayMs'>;
  /** Largest heap of each, MiB. @default 256 */
  readonly heapMb?: number;
}

export interface Brokers extends AsyncDisposable {
  /** Addresses of all, in the order of their ids. */
  readonly addresses: readonly string[];
  /** The broker with id 1 first. */
  readonly nodes: readonly Restartable<EmbeddedKafka>[];
  /** The broker with this id, from 1 on: the number that metadata call `nodeId` or leader. */
  node(id: number | string): Restartable<EmbeddedKafka>;
}

/** @throws MillraceError as startKafka */
export async function startBrokers(options: BrokersOptions): Promise<Brokers> {
  const { dir, partsDir, log, count = 3, heapMb = 256 } = options;
  const ids = Array.from({ length: count }, (_, i) => i + 1);
  const ports: number[] = [];
  let from = options.firstPort ?? 13_000 + (process.pid % 400) * 20;
  for (let i = 0; i < count * 2; i++) {
    const port = await freePort(from, '127.0.0.1');
    ports.push(port);
    from = port + 1;
  }
  const controllers = ports.slice(count);
  const clusterId = newClusterId();
  const started = await Promise.allSettled(
    ids.map((id) =>
      Restartable.start(
        (port) =>
          startKafka({
            dataDir: join(dir, `broker-${id}`),
            partsDir,
            log,
            port,
            heapMb,
            member: { id, controllers, clusterId },
            ...options.options?.(id),
          }),
        ports[id - 1]!,
      ),
    ),
  );
  await using stack = new AsyncDisposableStack();
  // Side by side: the last ones do not end while they look for the others.
  const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  stack.defer(async () => {
    await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
  });
  for (const one of started) if (one.status === 'rejected') throw one.reason;
  const owned = stack.move();
  return {
    addresses: nodes.map(({ part }) => part.brokers),
    nodes,
    node: (id) => nodes[Number(id) - 1]!,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
