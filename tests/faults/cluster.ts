// A broker and a registry of the suite's own, which it may kill: both come back on their port and data.
// Each worker reaches the broker through a link of its own.
import { join } from 'node:path';
import { readConfig } from '../../app/config/read.ts';
import { startKafka } from '../../infra/embedded/kafka.ts';
import type { Listener } from '../../infra/embedded/kafka-properties.ts';
import { ensureParts } from '../../infra/embedded/parts.ts';
import { freePort } from '../../infra/embedded/ports.ts';
import { startRegistry } from '../../infra/embedded/registry.ts';
import type { EmbeddedKafka, EmbeddedRegistry } from '../../infra/embedded/types.ts';
import { Restartable } from '../support/restartable.ts';
import { Link } from './link.ts';

/** Far from the ports that others on this machine begin to look at. */
const firstPort = 21_000;

export interface Cluster extends AsyncDisposable {
  readonly broker: Restartable<EmbeddedKafka>;
  readonly registry: Restartable<EmbeddedRegistry>;
  /** One for each worker; the broker says of itself that it is there. */
  readonly links: readonly Link[];
}

/** Starts both in `dir`, with so many links. @throws MillraceError as startKafka, startRegistry */
export async function startCluster(dir: string, count: number): Promise<Cluster> {
  const { partsDir } = readConfig();
  await ensureParts({ partsDir, llm: { model: 'none is needed' } });
  await using parts = new AsyncDisposableStack();
  const listeners: Listener[] = [];
  const links: Link[] = [];
  let port = firstPort + (process.pid % 400) * 20;
  for (let i = 0; i < count; i++) {
    port = (await freePort(port, '127.0.0.1')) + 1;
    const link = parts.use(await Link.open(i, port - 1));
    links.push(link);
    listeners.push({ port: port - 1, advertised: `127.0.0.1:${link.port}` });
  }
  const dataDir = join(dir, 'data');
  const [broker, registry] = await Promise.all([
    Restartable.start((at) => startKafka({ dataDir, partsDir, port: at, listeners }), port),
    Restartable.start((at) => startRegistry({ dataDir, partsDir, port: at }), port + 10),
  ]);
  parts.use(broker);
  parts.use(registry);
  const owned = parts.move();
  return { broker, registry, links, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
