// Brokers and a registry of the suite's own, which it may kill: all come back on their port and data.
// Each worker reaches each broker through a link of its own.
import { join } from 'node:path';
import { readConfig } from '../../app/config/read.ts';
import { ensureParts } from '../../infra/embedded/parts.ts';
import { freePort } from '../../infra/embedded/ports.ts';
import { startRegistry } from '../../infra/embedded/registry.ts';
import type { EmbeddedKafka, EmbeddedRegistry } from '../../infra/embedded/types.ts';
import { startBrokers } from '../support/brokers.ts';
import { Restartable } from '../support/restartable.ts';
import { Links } from './links.ts';

/** Far from the ports that others on this machine begin to look at. */
const firstPort = 21_000;

/** Ports that one run may take. */
const portsOfARun = 40;

export interface Cluster extends AsyncDisposable {
  /** Addresses of the brokers, past every link. */
  readonly addresses: readonly string[];
  /** One, or three of which two must have a record; the broker with id 1 first. */
  readonly brokers: readonly Restartable<EmbeddedKafka>[];
  readonly registry: Restartable<EmbeddedRegistry>;
  /** One for each worker; the brokers say of themselves that they are there. */
  readonly links: readonly Links[];
}

/**
 * Starts all in `dir`, with links for so many workers.
 * @throws MillraceError as startKafka, startRegistry
 */
export async function startCluster(
  dir: string,
  { workers, brokers: count }: { readonly workers: number; readonly brokers: number },
): Promise<Cluster> {
  const { partsDir } = readConfig();
  await ensureParts({ partsDir, llm: { model: 'none is needed' } });
  await using parts = new AsyncDisposableStack();
  const links: Links[] = [];
  const targets: number[][] = [];
  let port = firstPort + (process.pid % 200) * portsOfARun;
  for (let worker = 0; worker < workers; worker++) {
    const ports: number[] = [];
    for (let broker = 0; broker < count; broker++) {
      ports.push(await freePort(port, '127.0.0.1'));
      port = ports.at(-1)! + 1;
    }
    targets.push(ports);
    links.push(parts.use(await Links.open(worker, ports)));
  }
  const listenersOf = (broker: number) =>
    links.map(({ addresses }, worker) => ({
      port: targets[worker]![broker]!,
      advertised: addresses[broker]!,
    }));
  const [brokers, registry] = await Promise.all([
    startBrokers({
      dir: join(dir, 'data'),
      partsDir,
      count,
      firstPort: port,
      heapMb: count > 1 ? 256 : 512,
      options: (id) => ({ listeners: listenersOf(id - 1) }),
    }),
    Restartable.start(
      (at) => startRegistry({ dataDir: join(dir, 'data'), partsDir, port: at }),
      port + 2 * count + 1,
    ),
  ]);
  parts.use(brokers);
  parts.use(registry);
  const owned = parts.move();
  return {
    addresses: brokers.addresses,
    brokers: brokers.nodes,
    registry,
    links,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
