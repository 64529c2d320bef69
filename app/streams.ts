// Broker and registry of a command: those that are given, those that run on the data directory already,
// or embedded ones that this process starts and owns.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Admin, Kafka } from 'kafkajs';
import { z } from 'zod';
import { lockDataDir } from '../infra/embedded/data-dir.ts';
import { startKafka } from '../infra/embedded/kafka.ts';
import { identify, isAlive } from '../infra/embedded/processes.ts';
import { startRegistry } from '../infra/embedded/registry.ts';
import { runPath } from '../infra/embedded/run-file.ts';
import { connectKafka, type KafkaAddress } from '../infra/kafka/connect.ts';
import { ensureTopics, type TopicLayout, topicName } from '../infra/kafka/topics.ts';
import type { RegistryAddress } from '../infra/registry/client.ts';
import { type Codecs, registerSchemas } from '../infra/registry/registry.ts';
import { MillraceError } from '../schemas/errors.ts';
import { topics as declared } from '../schemas/index.ts';
import type { BorderLimits } from '../schemas/rules.ts';
import type { AnyTopic } from '../schemas/topic.ts';
import type { Config } from './config/read.ts';
import { firstContact } from './first-contact.ts';
import type { Logs } from './log.ts';
import { openTogether } from './together.ts';

export interface Streams {
  readonly kafka: Kafka;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  /** Prefix of consumer groups and transactional ids. */
  readonly application: string;
}

export interface Addresses {
  readonly kafka: KafkaAddress;
  readonly registry: RegistryAddress;
}

/**
 * Checks that a registry is named where brokers are.
 * @throws MillraceError `registry-missing`
 */
export function wantRegistry({ kafka, registry }: Config): void {
  if (!kafka || registry) return;
  throw new MillraceError({
    code: 'registry-missing',
    what: 'Brokers are named (KAFKA_BROKERS), and no schema registry.',
    why: 'Whoever reads the topics must ask the registry that was told of their schemas; one that is started here would be known to this process alone.',
    todo: 'Set SCHEMA_REGISTRY_URL to the Confluent-compatible API of your registry; for Apicurio it ends in /apis/ccompat/v7. The file docker-compose.yml starts one.',
  });
}

/**
 * Starts the broker and the registry unless they are given. The data directory must be locked by
 * now.
 * @throws MillraceError `registry-missing`
 */
export async function startStreams(
  config: Config,
  { say }: Logs,
  stack: AsyncDisposableStack,
): Promise<Addresses> {
  wantRegistry(config);
  const { dataDir, partsDir, host } = config;
  const [kafka, registry] = await openTogether(stack, [
    givenKafka(config) ?? startKafka({ dataDir, partsDir, host, log: say }),
    givenRegistry(config) ?? startRegistry({ dataDir, partsDir, host, log: say }),
  ]);
  for (const part of [kafka, registry]) if (Symbol.asyncDispose in part) stack.use(part);
  const addresses: Addresses = {
    kafka: 'pid' in kafka ? { brokers: [kafka.brokers] } : kafka,
    // Of a part that was started here the address alone: threads are told of it, as plain data.
    registry: 'pid' in registry ? { url: registry.url } : registry,
  };
  if (!config.kafka || !config.registry) stack.use(announce(dataDir, addresses));
  return addresses;
}

/**
 * Joins what is given, or what runs on the data directory; else starts it here, under the lock.
 * @param existing whether there must be data of an earlier run, so that nothing may be made
 * @param locked whether this process has the data directory already
 * @throws MillraceError `data-dir-in-use`, `no-data`, `registry-missing`
 */
export async function findStreams(
  config: Config,
  logs: Logs,
  stack: AsyncDisposableStack,
  {
    existing = false,
    locked = false,
  }: { readonly existing?: boolean; readonly locked?: boolean } = {},
): Promise<Addresses> {
  const reachable = reachableStreams(config);
  if (reachable) return reachable;
  if (existing && !config.kafka && !existsSync(join(config.dataDir, 'kafka'))) {
    throw new MillraceError({
      code: 'no-data',
      what: `There is nothing to look at yet in ${config.dataDir}.`,
      todo: 'Run `millrace run` or `millrace demo` first, name the directory with --data-dir, or set KAFKA_BROKERS and SCHEMA_REGISTRY_URL.',
    });
  }
  if (!locked) stack.use(lockDataDir(config.dataDir));
  return startStreams(config, logs, stack);
}

/**
 * Addresses of broker and registry, given or running on the data directory; undefined if one is
 * missing.
 */
export function reachableStreams(config: Config): Addresses | undefined {
  const running = runningStreams(config.dataDir);
  const kafka = givenKafka(config) ?? running?.kafka;
  const registry = givenRegistry(config) ?? running?.registry;
  return kafka && registry && { kafka, registry };
}

/**
 * Connects, with every topic and schema in place.
 * @param existing whether topics are taken as they are, and none is made
 * @param topics topics to have.
 * @default every topic of Millrace
 * @throws MillraceError `topic-partitions-differ`, `no-data`
 */
export async function connectStreams(
  config: Config,
  { kafka: address, registry }: Addresses,
  logs: Logs,
  {
    existing = false,
    topics = declared,
  }: { readonly existing?: boolean; readonly topics?: readonly AnyTopic[] } = {},
): Promise<Streams> {
  if (config.kafka) await firstContact(address, logs, !existing);
  const kafka = connectKafka(address, logs.log);
  const layout = {
    ...config.topics,
    replicationFactor: config.topics.replication,
  };
  const admin = kafka.admin();
  await admin.connect();
  const codecs = await openCodecs(admin, registry, layout, topics, {
    ...{ existing, logs, limits: config.border },
  }).finally(() => admin.disconnect());
  return {
    kafka,
    codecs,
    nameOf: (topic) => topicName(topic, layout),
    application: applicationOf(config),
  };
}

async function openCodecs(
  admin: Admin,
  registry: RegistryAddress,
  layout: TopicLayout,
  topics: readonly AnyTopic[],
  {
    existing,
    logs,
    limits,
  }: { readonly existing: boolean; readonly logs: Logs; readonly limits: BorderLimits },
): Promise<Codecs> {
  const own = topics.filter(({ foreign }) => !foreign);
  if (existing) await checkThere(admin, own, layout);
  const made = existing
    ? undefined
    : ensureTopics(admin, own, layout).then((alone) => sayAlone(admin, alone, logs));
  const [codecs] = await Promise.all([
    registerSchemas(registry, layout.prefix, topics, limits),
    made,
  ]);
  return codecs;
}

/** Number of brokers from which on a topic can outlive one of them. */
const several = 3;

/** Says which topics end with one broker, where there are enough to hold them several times. */
async function sayAlone(admin: Admin, alone: readonly string[], { say }: Logs): Promise<void> {
  if (alone.length === 0) return;
  const { brokers } = await admin.describeCluster();
  if (brokers.length < several) return;
  const which = alone.length === 1 ? alone[0] : `${alone[0]} and ${alone.length - 1} more topics`;
  say(
    `On one broker alone of ${brokers.length}: ${which}. Topics to come: set topics.replication.`,
  );
}

async function checkThere(
  admin: Admin,
  topics: readonly AnyTopic[],
  layout: Pick<TopicLayout, 'prefix'>,
): Promise<void> {
  const there = new Set(await admin.listTopics());
  const missing = topics
    .map((topic) => topicName(topic, layout))
    .filter((name) => !there.has(name));
  if (missing.length === 0) return;
  throw new MillraceError({
    code: 'no-data',
    what: `The broker has no topic ${missing[0]}.`,
    why: `Of the ${topics.length} topics ${missing.length} are missing: Millrace has not run here with this TOPIC_PREFIX.`,
    todo: 'Name the broker with KAFKA_BROKERS and the prefix with TOPIC_PREFIX.',
  });
}

export const applicationOf = ({ topics }: Pick<Config, 'topics'>) => `${topics.prefix}millrace`;

const givenKafka = ({ kafka }: Config): KafkaAddress | undefined => kafka;

function givenRegistry({ registry }: Config): RegistryAddress | undefined {
  return registry && { url: registry.url, auth: registry.login, ca: registry.ca };
}

const announced = z.object({
  brokers: z.array(z.string()).min(1),
  registryUrl: z.string(),
  owner: z.object({ pid: z.number(), started: z.string() }),
});

/**
 * Path of the file that holds the addresses while a process serves the data directory; it lies
 * beside the broker's own run file.
 */
const addressFile = (dataDir: string) => runPath(dataDir, 'streams');

function announce(dataDir: string, { kafka, registry }: Addresses): Disposable {
  const file = addressFile(dataDir);
  const owner = identify(process.pid);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ brokers: kafka.brokers, registryUrl: registry.url, owner }));
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
}

/**
 * Addresses of the parts that another process serves; undefined for a file that a killed process
 * has left.
 */
export function runningStreams(dataDir: string): Addresses | undefined {
  const file = addressFile(dataDir);
  if (!existsSync(file)) return undefined;
  const { data } = announced.safeParse(parsed(readFileSync(file, 'utf8')));
  if (!data || !isAlive(data.owner)) return undefined;
  return { kafka: { brokers: data.brokers }, registry: { url: data.registryUrl } };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // it is being written
  }
}
