// Opens the parts a configuration asks for, embedded or given, and what is common to every command.

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { createIngest, dropIngest } from '../infra/clickhouse/ingest.ts';
import { openClickHouse } from '../infra/clickhouse/open.ts';
import { createViews } from '../infra/clickhouse/views.ts';
import type { Warehouse } from '../infra/clickhouse/warehouse.ts';
import type { Config } from '../infra/config.ts';
import { lockDataDir } from '../infra/embedded/data-dir.ts';
import { startKafka } from '../infra/embedded/kafka.ts';
import { ensureParts } from '../infra/embedded/parts.ts';
import { startRegistry } from '../infra/embedded/registry.ts';
import { connectKafka, type KafkaAddress } from '../infra/kafka/connect.ts';
import { ensureTopics, topicName } from '../infra/kafka/topics.ts';
import { openLlamaProcess } from '../infra/llama/process.ts';
import { type Codecs, registerSchemas } from '../infra/registry/registry.ts';
import type { LanguageModel } from '../models/llm/port.ts';
import type { AnyTopic } from '../schemas/topic.ts';
import type { EmbedQueue } from '../streams/enrichers/enricher.ts';
import { EnricherQueue } from '../streams/enrichers/queue.ts';
import type { Logs } from './log.ts';

export interface Streams {
  readonly kafka: Kafka;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  /** Prefix of consumer groups and transactional ids. */
  readonly application: string;
}

export interface Parts extends AsyncDisposable, Streams {
  readonly warehouse: Warehouse;
  readonly model: LanguageModel;
  readonly queue: EmbedQueue;
}

/** Share of the time the language model may compute. */
const llmShare = 0.9;

/** Jobs that may wait for the language model. */
const llmQueue = 128;

/** Fetches what is missing; long steps say what they do. @throws MillraceError `part-missing` */
export async function fetchParts(config: Config, { say }: Logs): Promise<{ model: string }> {
  return ensureParts(config, say);
}

/** Starts or connects everything; disposing ends it in the opposite order. */
export async function openParts(config: Config, logs: Logs, modelFile: string): Promise<Parts> {
  await using stack = new AsyncDisposableStack();
  stack.use(lockDataDir(config.dataDir));
  const [streams, warehouse, model] = await openTogether(stack, [
    openStreams(config, logs, stack),
    openClickHouse({
      path: join(config.dataDir, 'clickhouse'),
      ...(config.clickhouse ? { url: clickhouseUrl(config.clickhouse) } : {}),
    }),
    openLlamaProcess({ model: modelFile, gpu: 'auto' }),
  ]);
  stack.use(warehouse);
  stack.use(model);
  const queue: EmbedQueue = stack.use(
    new EnricherQueue({
      work: (prompt: string) => model.embed(prompt),
      capacity: llmQueue,
      budget: { share: llmShare },
      now: () => performance.now(),
      wait: (ms, signal) => wait(ms, undefined, { signal }),
    }),
  );
  await createIngest(warehouse, {
    brokers: (config.clickhouse?.kafkaBrokers ?? streams.brokers).join(','),
    registryUrl: config.clickhouse?.schemaRegistryUrl ?? streams.registryUrl,
    group: `${streams.application}-clickhouse`,
    topicName: (name) => topicName(name, { prefix: config.topicPrefix }),
  });
  stack.defer(() => dropIngest(warehouse));
  await createViews(warehouse);
  const resources = stack.move();
  return {
    ...streams,
    warehouse,
    model,
    queue,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

type OpenStreams = Streams & { readonly brokers: readonly string[]; readonly registryUrl: string };

/** Broker and registry, with every topic and schema in place. */
export async function openStreams(
  config: Config,
  { log, say }: Logs,
  stack: AsyncDisposableStack,
): Promise<OpenStreams> {
  const { dataDir, partsDir, host } = config;
  const [kafkaAddress, registry] = await openTogether(stack, [
    config.kafka ?? startKafka({ dataDir, partsDir, host, log: say }),
    config.registry ?? startRegistry({ dataDir, partsDir, host, log: say }),
  ]);
  if (Symbol.asyncDispose in kafkaAddress) stack.use(kafkaAddress);
  if (Symbol.asyncDispose in registry) stack.use(registry);
  const address: KafkaAddress =
    'pid' in kafkaAddress ? { brokers: [kafkaAddress.brokers] } : (kafkaAddress as KafkaAddress);
  const kafka = connectKafka(address, log);
  const layout = { prefix: config.topicPrefix, partitions: config.partitions };
  const admin = kafka.admin();
  await admin.connect();
  const auth = 'login' in registry ? registry.login : undefined;
  const [codecs] = await Promise.all([
    registerSchemas({ url: registry.url, ...(auth ? { auth } : {}) }, layout.prefix),
    ensureTopics(admin, layout),
  ]).finally(() => admin.disconnect());
  return {
    kafka,
    codecs,
    nameOf: (topic) => topicName(topic, layout),
    application: `${layout.prefix}millrace`,
    brokers: address.brokers,
    registryUrl: registry.url,
  };
}

/** Opens several at once; when one fails, those that opened are ended before the error goes on. */
async function openTogether<T extends readonly unknown[]>(
  stack: AsyncDisposableStack,
  opening: { [K in keyof T]: T[K] | Promise<T[K]> },
): Promise<T> {
  const results = await Promise.allSettled(opening);
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return results.map((r) => (r as PromiseFulfilledResult<unknown>).value) as never;
  for (const result of results) {
    const value = result.status === 'fulfilled' ? (result.value as object | null) : null;
    if (value && Symbol.asyncDispose in value) stack.use(value as AsyncDisposable);
  }
  throw failed.reason;
}

export function clickhouseUrl({ url, login }: NonNullable<Config['clickhouse']>): string {
  const full = new URL(url);
  if (login) {
    full.username = login.username;
    full.password = login.password;
  }
  return full.toString();
}
