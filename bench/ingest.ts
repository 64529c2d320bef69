// `npm run bench:ingest`: how fast ClickHouse comes to hold what the topics hold, by the reader of the streams
// and, beside it, by tables of ClickHouse's own Kafka engine. Slates of ten items and clicks, on one broker,
// in turn; then the same of a writer with a schema of its own, which the engine reads otherwise or not at all.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import avsc from 'avsc';
import { Command } from 'commander';
import { z } from 'zod';
import { startIngest } from '../infra/clickhouse/ingest/start.ts';
import { openClickHouse } from '../infra/clickhouse/open.ts';
import { createTables, type TopicTable, topicTables } from '../infra/clickhouse/tables.ts';
import { rowsOf, type Warehouse } from '../infra/clickhouse/warehouse.ts';
import { ensureTopics, topicName } from '../infra/kafka/topics.ts';
import type { Codecs } from '../infra/registry/registry.ts';
import { type Codec, createCodec, schemaText } from '../schemas/codec.ts';
import { topics } from '../schemas/index.ts';
import { loggedClick, loggedImpression } from '../schemas/logged-events.ts';
import type { AnyTopic } from '../schemas/topic.ts';
import { clicks } from '../schemas/topics/clicks.ts';
import { impressions } from '../schemas/topics/impressions.ts';
import { readByEngine, serveSchemas, stopEngine } from './ingest/kafka-engine.ts';
import { type BenchBroker, benchLog, onBroker, say } from './support/broker.ts';
import { LightProducer } from './support/light-producer.ts';
import { readOptions, wholeNumber } from './support/options.ts';

const given = readOptions(
  new Command('bench:ingest')
    .description('Records a second into ClickHouse: our reader beside its own Kafka engine.')
    .option('--records <n>', 'slates, and as many clicks', '50000')
    .option('--rounds <n>', 'rounds of each, in turn; the best counts', '2')
    .option('--json', 'one line on stdout'),
  z.object({ records: wholeNumber, rounds: wholeNumber, json: z.boolean().default(false) }),
);

const measured = topicTables.filter(({ of }) => of === impressions || of === clicks);
const start = Date.UTC(2020, 0, 1);
/** Records in one request to the broker. */
const batch = 500;

/** Id of the schema of a topic, and of the same with one more field, of another writer. */
const idOf = (topic: AnyTopic) => 1 + (topics as readonly AnyTopic[]).indexOf(topic);
const foreignIdOf = (topic: AnyTopic) => 100 + idOf(topic);

function foreignSchema(topic: AnyTopic): avsc.Schema {
  const schema = JSON.parse(schemaText(topic)) as { fields: object[] };
  const device = { name: 'device', type: ['null', 'string'], default: null };
  return { ...schema, fields: [device, ...schema.fields] } as unknown as avsc.Schema;
}

function codecs(): Codecs {
  const byTopic = new Map(
    topics.map((topic: AnyTopic) => [topic, createCodec(topic, idOf(topic))]),
  );
  const of = (topic: AnyTopic): Codec => byTopic.get(topic)!;
  for (const { of: topic } of measured) {
    of(topic).learnSchema(foreignIdOf(topic), foreignSchema(topic));
  }
  return {
    of,
    decode: async (topic, bytes) => of(topic).decode(bytes),
    take: async (topic, record) => of(topic).take(record),
  };
}

/** A codec that writes as the other writer does. */
function foreignCodec(topic: AnyTopic): Codec {
  const type = avsc.Type.forSchema(foreignSchema(topic), { registry: {} });
  const own = createCodec(topic, foreignIdOf(topic));
  return {
    ...own,
    encodeInto(event, target, at) {
      if (target.length < at + 5) return target.length - at - 5;
      target[at] = 0;
      target.writeUInt32BE(foreignIdOf(topic), at + 1);
      return type.encode({ ...(event as object), device: 'phone' }, target, at + 5);
    },
  };
}

function slate(i: number) {
  const shown = Array.from({ length: 10 }, (_, j) => ({
    itemId: `item-${(i * 7 + j * 31) % 5_000}`,
  }));
  const of = { impressionId: `slate-${i}`, userId: `user-${i % 3_000}`, at: start + i };
  return loggedImpression(of, shown);
}

function click(i: number) {
  const { impressionId, userId, at, items } = slate(i);
  const { itemId } = items[i % 10]!;
  return loggedClick({ clickId: `click-${i}`, impressionId, userId, itemId, at: at + 1 });
}

async function write({ kafka }: BenchBroker, prefix: string, codecOf: (topic: AnyTopic) => Codec) {
  const names = new Map(measured.map(({ of }) => [of, topicName(of, { prefix })]));
  await using producer = await LightProducer.connect(kafka, [...names.values()]);
  for (let i = 0; i < given.records; i += batch) {
    for (let j = i; j < Math.min(i + batch, given.records); j++) {
      producer.add(names.get(impressions)!, 0, codecOf(impressions), slate(j));
      producer.add(names.get(clicks)!, 0, codecOf(clicks), click(j));
    }
    await producer.send();
  }
}

/** Resolves once every record is a row. @returns records a second, and ms of this thread for each thousand */
async function untilAll(warehouse: Warehouse, began: number, busy: () => number) {
  const all = 2 * given.records;
  for (;;) {
    const [row] = await rowsOf<{ n: string }>(
      warehouse,
      `select toUInt32((select count() from impressions) + (select count() from clicks)) as n`,
    );
    if (Number(row!.n) >= all) break;
    if (performance.now() - began > 120_000) throw new Error(`${row!.n} of ${all} rows are there`);
    await sleep(20);
  }
  const seconds = (performance.now() - began) / 1_000;
  return { perSecond: all / seconds, threadMs: (1_000 * busy()) / all };
}

/** Time that this thread has worked since now, ms. */
function busyTime(): () => number {
  const since = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(since).active;
}

type Side = 'ours' | 'engine';

let directories = 0;

async function round(broker: BenchBroker, prefix: string, side: Side, registryUrl: string) {
  const path = join(broker.directory, `clickhouse-${++directories}`);
  await using warehouse = await openClickHouse({ path });
  const { database } = warehouse;
  const nameOf = (topic: AnyTopic) => topicName(topic, { prefix });
  await createTables(warehouse);
  await warehouse.client.command({ query: `use ${database}` });
  const began = performance.now();
  const busy = busyTime();
  if (side === 'ours') {
    const { kafka } = broker;
    const options = { warehouse, kafka, codecs: codecs(), nameOf, log: benchLog() };
    await using _ingest = await startIngest({ ...options, application: prefix });
    return await untilAll(warehouse, began, busy);
  }
  // A group of its own for each round, so that each begins at the oldest record.
  for (const table of measured) {
    const source = { brokers: broker.address, topic: nameOf(table.of), registryUrl };
    await readByEngine(warehouse, table, source);
  }
  const found = await untilAll(warehouse, began, busy);
  for (const table of measured) await stopEngine(warehouse, table);
  return found;
}

async function measure(broker: BenchBroker): Promise<boolean> {
  const [own, foreign] = [broker.newId('own-'), broker.newId('foreign-')];
  for (const prefix of [own, foreign]) {
    await ensureTopics(broker.admin, topics, { prefix, partitions: 1 });
  }
  await write(broker, own, codecs().of);
  await write(broker, foreign, foreignCodec);
  const tables = new Map(topicTables.map((table): [number, TopicTable] => [idOf(table.of), table]));
  await using registry = await serveSchemas(tables);
  const best = { ours: empty, engine: empty, foreign: empty };
  for (let i = 0; i < given.rounds; i++) {
    for (const side of ['engine', 'ours'] as const) {
      // The engine keeps its position in the group, so it has topics of its own for each round.
      const prefix = side === 'engine' && i > 0 ? broker.newId('own-') : own;
      if (prefix !== own) {
        await ensureTopics(broker.admin, topics, { prefix, partitions: 1 });
        await write(broker, prefix, codecs().of);
      }
      const found = await round(broker, prefix, side, registry.url);
      if (found.perSecond > best[side].perSecond) best[side] = found;
      say(`${side}: ${found.perSecond.toFixed(0)} records/s`);
    }
    const found = await round(broker, foreign, 'ours', registry.url);
    if (found.perSecond > best.foreign.perSecond) best.foreign = found;
    say(`ours, of a foreign writer: ${found.perSecond.toFixed(0)} records/s`);
  }
  const { ours, engine } = best;
  const result = { ...best, ratio: ours.perSecond / engine.perSecond };
  if (given.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  say(
    `\nRecords a second into ClickHouse: ours ${ours.perSecond.toFixed(0)} (${ours.threadMs.toFixed(1)} ms of the thread a thousand), ` +
      `its Kafka engine ${engine.perSecond.toFixed(0)}; ratio ${result.ratio.toFixed(2)}. ` +
      `Of a foreign writer ${best.foreign.perSecond.toFixed(0)}.`,
  );
  return true;
}

const empty = { perSecond: 0, threadMs: 0 };

process.exit(await onBroker(measure));
