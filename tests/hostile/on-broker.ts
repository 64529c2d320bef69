// The suite on a broker: the real stages and enrichers read a log, once with and once without the absurd ones.
import { setTimeout as sleep } from 'node:timers/promises';
import { CompressionTypes, type Kafka, type Message, type Producer } from 'kafkajs';
import type { Logger } from 'pino';
import { defaultErrorPolicy } from '../../infra/kafka/errors-policy.ts';
import { noInstruments } from '../../infra/kafka/instruments.ts';
import { Pipeline } from '../../infra/kafka/pipeline.ts';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import { type Codecs, registerSchemas } from '../../infra/registry/registry.ts';
import { topics as declared } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { explanations } from '../../schemas/topics/explanations.ts';
import { intents } from '../../schemas/topics/intents.ts';
import { type ItemVector, itemVectors } from '../../schemas/topics/item-vectors.ts';
import { connected, createTopics } from '../faults/admin.ts';
import { type AbsurdRecord, framed } from './absurd.ts';
import { enrichersOf } from './enrichers.ts';
import { type GoodEvent, goodTopology } from './good.ts';
import { type Found, type Inputs, outputTopics } from './outputs.ts';

export interface BrokerRun {
  readonly inputs: Inputs;
  readonly found: (topic: AnyTopic) => readonly Found[];
  /** Keys of the vectors that the enrichers made. */
  readonly vectors: readonly string[];
  /** Times that a stage was begun anew, or a pipeline could not go on. */
  readonly restarts: number;
}

export interface BrokerOptions {
  readonly kafka: Kafka;
  readonly registryUrl: string;
  readonly log: Logger;
  readonly prefix: string;
  readonly sent: Iterable<GoodEvent | AbsurdRecord>;
  readonly users: ReadonlySet<string>;
  /** Time ahead of the clock that is let in, ms. */
  readonly maxAheadMs: number;
  readonly say: (line: string) => void;
}

const topics = declared as readonly AnyTopic[];

/**
 * Topics that the enrichers write under a name of their own: when a vector or an intent comes to a decision
 * differs from run to run.
 */
const enriched: readonly AnyTopic[] = [itemVectors, intents, explanations, clicks, audit];

/** Bytes of records that are sent at once. */
const batchBytes = 500_000;
const batchRecords = 1_000;

/** Within this the vectors must be made once the log is read, ms. */
const vectorsMs = 60_000;

export async function runOnBroker(options: BrokerOptions): Promise<BrokerRun> {
  const { kafka, registryUrl, log, prefix, users, maxAheadMs, say } = options;
  const nameOf = (topic: AnyTopic) => `${prefix}${topic.name}`;
  const ofEnrichers = (topic: AnyTopic) =>
    enriched.includes(topic) ? `${prefix}enriched-${topic.name}` : nameOf(topic);
  await using admin = await connected(kafka.admin());
  await createTopics(admin, topics, nameOf, 1);
  await createTopics(admin, enriched, ofEnrichers, 1);
  const codecs = await registerSchemas({ url: registryUrl }, prefix, topics);
  const absurd = await send(options, codecs, nameOf);
  say(`${prefix} is written`);
  let restarts = 0;
  const instruments = { ...noInstruments, restarted: () => void restarts++ };
  const policy = { ...defaultErrorPolicy, maxAheadMs };
  const shared = { kafka, codecs, log, policy, instruments };
  const stages = new Pipeline({
    ...{ ...shared, nameOf, application: `${prefix}stages`, topology: goodTopology() },
  });
  // The clicks that a simulator answers with go elsewhere, so the enrichers read those of the log.
  const enrichers = new Pipeline({
    ...{
      ...shared,
      nameOf: ofEnrichers,
      application: `${prefix}enrichers`,
      topology: enrichersOf(),
    },
  });
  let vectors: readonly string[] = [];
  for (const pipeline of [stages, enrichers]) {
    await using running = pipeline;
    try {
      await running.start();
      await running.settled();
      if (pipeline === enrichers) vectors = await vectorsOf(options, codecs, ofEnrichers);
    } catch (error) {
      restarts++;
      say(`${prefix} could not go on: ${error instanceof Error ? error.message : error}`);
    }
  }
  say(`${prefix} is read`);
  const outputs = await readOutputs(options, codecs, nameOf, absurd);
  const found = (topic: AnyTopic) => outputs.get(topic) ?? [];
  return { inputs: { absurd, users }, found, vectors, restarts };
}

/** Writes everything in order. @returns by topic, whether each of its records is absurd */
async function send(
  { kafka, sent }: BrokerOptions,
  codecs: Codecs,
  nameOf: (topic: AnyTopic) => string,
): Promise<ReadonlyMap<string, readonly boolean[]>> {
  const absurd = new Map<string, boolean[]>();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  let waiting = new Map<string, Message[]>();
  let [bytes, records] = [0, 0];
  for (const one of sent) {
    const { topic } = one;
    const codec = codecs.of(topic);
    const message =
      'event' in one
        ? { key: topic.keyOf(one.event), value: codec.encode(one.event) }
        : { key: one.key, value: framed(one.value, codec.schemaId) };
    listIn(absurd, topic.name).push(!('event' in one));
    listIn(waiting, nameOf(topic)).push({ ...message, partition: 0 });
    bytes += message.value.length;
    if (++records < batchRecords && bytes < batchBytes) continue;
    await flush(producer, waiting);
    waiting = new Map();
    [bytes, records] = [0, 0];
  }
  await flush(producer, waiting);
  await producer.disconnect();
  return absurd;
}

async function flush(producer: Producer, waiting: ReadonlyMap<string, Message[]>): Promise<void> {
  const topicMessages = [...waiting].map(([topic, messages]) => ({ topic, messages }));
  if (topicMessages.length > 0)
    await producer.sendBatch({ topicMessages, compression: CompressionTypes.None });
}

function listIn<T>(lists: Map<string, T[]>, name: string): T[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

/** Records behind those that were sent, of every topic that the stages write. */
async function readOutputs(
  { kafka, log }: BrokerOptions,
  codecs: Codecs,
  nameOf: (topic: AnyTopic) => string,
  absurd: ReadonlyMap<string, readonly boolean[]>,
): Promise<ReadonlyMap<AnyTopic, Found[]>> {
  const found = new Map<AnyTopic, Found[]>(outputTopics.map((topic) => [topic, []]));
  const byName = new Map(outputTopics.map((topic) => [nameOf(topic), topic]));
  await using reader = await readTopics({
    kafka,
    log,
    topics: [...byName.keys()],
    onRecords: async (name, _partition, records) => {
      const topic = byName.get(name)!;
      const sent = absurd.get(topic.name)?.length ?? 0;
      for (const { offset, key, value } of records) {
        if (offset < sent) continue;
        const event = value && (await codecs.decode(topic, value));
        found.get(topic)!.push({ offset, key: String(key), event });
      }
    },
  });
  await reader.caughtUp;
  return found;
}

/** Keys of the vectors on their topic, once no more of them come. */
async function vectorsOf(
  { kafka, log }: BrokerOptions,
  codecs: Codecs,
  nameOf: (topic: AnyTopic) => string,
): Promise<readonly string[]> {
  const until = performance.now() + vectorsMs;
  for (let before = -1; ; await sleep(1_000)) {
    const keys = new Set<string>();
    await using reader = await readTopics({
      kafka,
      log,
      topics: [nameOf(itemVectors)],
      onRecords: async (_name, _partition, records) => {
        for (const { value } of records) {
          if (value) keys.add(((await codecs.decode(itemVectors, value)) as ItemVector).hash);
        }
      },
    });
    await reader.caughtUp;
    if (keys.size === before || performance.now() > until) return [...keys].sort();
    before = keys.size;
  }
}
