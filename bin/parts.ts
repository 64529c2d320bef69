// Opens the parts a configuration asks for, embedded or given, and what is common to every command.

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createIngest, dropIngest } from '../infra/clickhouse/ingest.ts';
import { openClickHouse } from '../infra/clickhouse/open.ts';
import { createViews } from '../infra/clickhouse/views.ts';
import type { Warehouse } from '../infra/clickhouse/warehouse.ts';
import type { Config } from '../infra/config.ts';
import { lockDataDir } from '../infra/embedded/data-dir.ts';
import { ensureParts } from '../infra/embedded/parts.ts';
import { topicName } from '../infra/kafka/topics.ts';
import { openLlamaProcess } from '../infra/llama/process.ts';
import type { LanguageModel } from '../models/llm/port.ts';
import type { EmbedQueue } from '../streams/enrichers/enricher.ts';
import { EnricherQueue } from '../streams/enrichers/queue.ts';
import type { Logs } from './log.ts';
import { connectStreams, type Streams, startStreams } from './streams.ts';
import { openTogether } from './together.ts';

export interface Parts extends AsyncDisposable, Streams, Llm {
  readonly warehouse: Warehouse;
}

/** The language model and the one queue in front of it. */
export interface Llm {
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
  const [{ addresses, ...streams }, warehouse, model] = await openTogether(stack, [
    openStreams(config, logs, stack),
    openClickHouse({
      path: join(config.dataDir, 'clickhouse'),
      ...(config.clickhouse ? { url: clickhouseUrl(config.clickhouse) } : {}),
    }),
    openLlamaProcess({ model: modelFile, gpu: 'auto' }),
  ]);
  stack.use(warehouse);
  const llm = queued(model, stack);
  await createIngest(warehouse, {
    brokers: (config.clickhouse?.kafkaBrokers ?? addresses.kafka.brokers).join(','),
    registryUrl: config.clickhouse?.schemaRegistryUrl ?? addresses.registry.url,
    group: `${streams.application}-clickhouse`,
    topicName: (name) => topicName(name, { prefix: config.topicPrefix }),
  });
  stack.defer(() => dropIngest(warehouse));
  await createViews(warehouse);
  const resources = stack.move();
  return {
    ...streams,
    ...llm,
    warehouse,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function openStreams(config: Config, logs: Logs, stack: AsyncDisposableStack) {
  const addresses = await startStreams(config, logs, stack);
  return { ...(await connectStreams(config, addresses, logs)), addresses };
}

/** The language model without the rest. @throws MillraceError of the model */
export async function openLlm(modelFile: string, stack: AsyncDisposableStack): Promise<Llm> {
  return queued(await openLlamaProcess({ model: modelFile, gpu: 'auto' }), stack);
}

function queued(model: LanguageModel, stack: AsyncDisposableStack): Llm {
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
  return { model, queue };
}

export function clickhouseUrl({ url, login }: NonNullable<Config['clickhouse']>): string {
  const full = new URL(url);
  if (login) {
    full.username = login.username;
    full.password = login.password;
  }
  return full.toString();
}
