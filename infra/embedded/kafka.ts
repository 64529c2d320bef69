// The embedded broker: Apache Kafka in KRaft mode, broker and controller in one JVM.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { MillraceError } from '../../schemas/errors.ts';
import { lastLines, run } from './command.ts';
import type { Java } from './java.ts';
import { type Part, type Place, startPart } from './jvm.ts';
import { kafkaClasspath } from './layout.ts';
import type { EmbeddedKafka, StartOptions } from './types.ts';

const kafka = (options: KafkaOptions): Part => ({
  name: 'kafka',
  title: 'Kafka',
  ports: { client: 9092, controller: 19_092 },
  prepare: (place, java) => format(place, java, options),
  launch(place) {
    const config = join(home(place), 'server.properties');
    mkdirSync(home(place), { recursive: true });
    writeFileSync(config, properties(place, logs(place), options));
    return {
      args: [
        '-Xms96m',
        '-Xmx512m',
        // The second compiler would take half a core for the first minutes, and more than it gives
        // back in the life of a broker that serves one machine.
        '-XX:TieredStopAtLevel=1',
        '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
        '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
        '-Dorg.slf4j.simpleLogger.showDateTime=true',
        '-cp',
        kafkaClasspath(place.partsDir),
        'kafka.Kafka',
        config,
      ],
    };
  },
  async isUp(_place, logFile) {
    return existsSync(logFile) && readFileSync(logFile, 'utf8').includes('Kafka Server started');
  },
});

const home = (place: Place) => join(place.dataDir, 'kafka');
const logs = (place: Place) => join(home(place), 'data');

/** A further address of the broker, such as one behind a proxy or a forwarded port. */
export interface Listener {
  /** Where the broker listens, on the interface it binds. */
  readonly port: number;
  /** `host:port` that clients who come this way are told to use. */
  readonly advertised: string;
}

export interface KafkaOptions extends StartOptions {
  /** Further addresses of the broker. @default only the client port */
  readonly listeners?: readonly Listener[];
  /** How long the first members of a group wait for others before any gets a partition, ms. @default 0 */
  readonly rebalanceDelayMs?: number;
}

/**
 * Starts the broker; topics and offsets of an earlier run on `dataDir` are there again.
 * @throws MillraceError `part-missing`, `part-not-fetched`, `part-did-not-start`, `data-dir-in-use`
 */
export async function startKafka(options: KafkaOptions): Promise<EmbeddedKafka> {
  const part = await startPart(kafka(options), options);
  return { ...part, brokers: `${advertised(options.host ?? '127.0.0.1')}:${part.port}` };
}

/**
 * Writes the cluster's identity into a new data directory; an interrupted try leaves none behind.
 */
async function format(place: Place, java: Java, options: KafkaOptions): Promise<void> {
  if (existsSync(join(logs(place), 'meta.properties'))) return;
  const temporary = join(home(place), 'formatting');
  const config = join(home(place), 'format.properties');
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  writeFileSync(config, properties(place, temporary, options));
  const id = randomBytes(16).toString('base64url');
  // A cluster id that begins with a dash would read as an option.
  const clusterId = id.replace(/^-/, '_');
  const flags = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];
  const tool = ['-cp', kafkaClasspath(place.partsDir), 'kafka.tools.StorageTool'];
  const words = ['format', '--cluster-id', clusterId, '--config', config];
  const formatted = await run(java.command, [...flags, ...tool, ...words]);
  if (formatted.code !== 0) {
    throw new MillraceError({
      code: 'part-did-not-start',
      what: "Kafka's data directory could not be made.",
      why: lastLines(formatted.output),
      todo: 'Check that the disk is writable and has room.',
    });
  }
  renameSync(temporary, logs(place));
  rmSync(config, { force: true });
}

/** The host name that clients are told; a wildcard address is replaced, since it names no host. */
function advertised(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname();
  return host.includes(':') ? `[${host}]` : host;
}

function properties(
  place: Place,
  logDirs: string,
  { listeners: more = [], rebalanceDelayMs = 0 }: KafkaOptions,
): string {
  const { client, controller } = place.ports;
  const bind = place.host.includes(':') ? `[${place.host}]` : place.host;
  const own = { port: client, advertised: `${advertised(place.host)}:${client}` };
  const listeners = [own, ...more].map((one, i) => ({ ...one, name: `PLAINTEXT${i || ''}` }));
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: [
      ...listeners.map(({ name, port }) => `${name}://${bind}:${port}`),
      `CONTROLLER://127.0.0.1:${controller}`,
    ].join(),
    'advertised.listeners': listeners.map((one) => `${one.name}://${one.advertised}`).join(),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': [
      'CONTROLLER:PLAINTEXT',
      ...listeners.map(({ name }) => `${name}:PLAINTEXT`),
    ].join(),
    'log.dirs': logDirs,
    'auto.create.topics.enable': false,
    'log.retention.ms': -1,
    // A new segment is preallocated nowhere but in the index; small ones keep a laptop's disk free.
    'log.index.size.max.bytes': 1_048_576,
    'log.cleaner.threads': 1,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'group.initial.rebalance.delay.ms': rebalanceDelayMs,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.segment.bytes': 10_485_760,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.segment.bytes': 10_485_760,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
  })
    .map(([key, value]) => `${key}=${escaped(String(value))}`)
    .join('\n');
}

/** The value with each backslash doubled, since one begins an escape in a properties file. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\');
}
