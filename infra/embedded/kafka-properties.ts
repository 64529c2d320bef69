// The settings file of an embedded broker.
import { hostname } from 'node:os';
import type { Place } from './jvm.ts';
import type { StartOptions } from './types.ts';

/** How clients of a listener are secured. */
export type ListenerProtocol = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';

/** A further address of the broker, such as one behind a proxy or a forwarded port. */
export interface Listener {
  /** Where the broker listens. */
  readonly port: number;
  /** Interface of the port. @default the one that the broker binds */
  readonly host?: string;
  /** `host:port` that clients who come this way are told to use. */
  readonly advertised: string;
  /** @default 'PLAINTEXT' */
  readonly protocol?: ListenerProtocol;
}

/** What makes several brokers one cluster; each is a controller as well. */
export interface ClusterMember {
  /** Number of this broker, from 1 on. */
  readonly id: number;
  /** Ports of all controllers on this machine, that of broker 1 first. */
  readonly controllers: readonly number[];
  /** The same text for every member: 16 bytes in base64url, without a dash at its beginning. */
  readonly clusterId: string;
}

export interface KafkaOptions extends StartOptions {
  /** Further addresses of the broker. @default only the client port */
  readonly listeners?: readonly Listener[];
  /** How long the first members of a group wait for others before any gets a partition, ms. @default 0 */
  readonly rebalanceDelayMs?: number;
  /** The cluster it belongs to. @default it is one by itself */
  readonly member?: ClusterMember;
  /** Largest heap of the JVM, MiB. @default 512 */
  readonly heapMb?: number;
  /** Settings beside those of here, which they replace. @default none */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Users by SCRAM, made with the data directory: `SCRAM-SHA-256=[name=…,password=…]`. @default none */
  readonly scram?: readonly string[];
}

/** The host name that clients are told; a wildcard address is replaced, since it names no host. */
export function advertisedHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname();
  return inUrl(host);
}

/** An address as it stands before a port: one of IPv6 in brackets. */
const inUrl = (host: string) => (host.includes(':') ? `[${host}]` : host);

/** @param logDirs directory of the topics, or the one that is being formatted */
export function kafkaProperties(place: Place, logDirs: string, options: KafkaOptions): string {
  const { client, controller } = place.ports;
  const { rebalanceDelayMs = 0, member, settings = {} } = options;
  const controllers = member?.controllers ?? [controller!];
  const own = { port: client!, advertised: `${advertisedHost(place.host)}:${client}` };
  const listeners = namedListeners([own, ...(options.listeners ?? [])]);
  // Two of three must have a record, so that one may be lost.
  const [replicas, inSync] = controllers.length > 1 ? [Math.min(3, controllers.length), 2] : [1, 1];
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': member?.id ?? 1,
    'controller.quorum.voters': controllers.map((port, i) => `${i + 1}@127.0.0.1:${port}`).join(),
    listeners: [
      ...listeners.map(({ name, port, host }) => `${name}://${inUrl(host ?? place.host)}:${port}`),
      `CONTROLLER://127.0.0.1:${controller}`,
    ].join(),
    'advertised.listeners': listeners.map((one) => `${one.name}://${one.advertised}`).join(),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': [
      'CONTROLLER:PLAINTEXT',
      ...listeners.map(({ name, protocol }) => `${name}:${protocol}`),
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
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.segment.bytes': 10_485_760,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.segment.bytes': 10_485_760,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': 1,
    ...settings,
  })
    .map(([key, value]) => `${key}=${escaped(String(value))}`)
    .join('\n');
}

/** Listeners with a name and a protocol each; the first, PLAINTEXT, is that of the brokers themselves. */
function namedListeners(listeners: readonly Listener[]) {
  return listeners.map(({ protocol = 'PLAINTEXT', ...one }, i) => ({
    ...one,
    protocol,
    name: `${protocol}${i || ''}`,
  }));
}

/** The value with each backslash doubled, since one begins an escape in a properties file. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\');
}
