// ClickHouse reads real topics through a real schema registry: every shape, broken records, restarts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';
import { createIngest, dropIngest, ensureIngest, ingested } from '../../infra/clickhouse/ingest.ts';
import { topicTables } from '../../infra/clickhouse/tables.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { execute, rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { spelledOut } from '../../schemas/codec.ts';
import { openTestWarehouse, type TestWarehouse } from '../clickhouse/open.ts';
import { startInfra } from '../support/infra.ts';
import { eventOf, events } from './events.ts';

// The names are this run's own, so that a broker that is kept between runs does no harm.
const prefix = `ingest-${process.pid}-${process.hrtime.bigint()}`;
const topicName = (name: string) => `${prefix}.${name}`;
let opened: TestWarehouse;
let registry: SchemaRegistry;
let producer: Producer;
let admin: Admin;
let source: Parameters<typeof createIngest>[1];
const schemaIds = new Map<string, number>();

async function send(topic: string, values: (object | Buffer)[], abort = false): Promise<void> {
  const messages = [];
  for (const value of values)
    messages.push({
      key: 'u',
      value: Buffer.isBuffer(value) ? value : await registry.encode(schemaIds.get(topic)!, value),
    });
  const transaction = await producer.transaction();
  await transaction.send({ topic: topicName(topic), messages });
  await (abort ? transaction.abort() : transaction.commit());
}

/** Asks until it holds; each question is a query on its own thread, so nothing is slept away. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}

const landed = async (topic: string) =>
  Math.max(-1, ...Object.values((await ingested(opened.warehouse))[topic] ?? {}));
const one = async (query: string) => (await rowsOf(opened.warehouse, query))[0];
const count = async (from: string) =>
  (await rowsOf<{ n: number }>(opened.warehouse, `select count() as n from ${from}`))[0]?.n;

beforeAll(async () => {
  const { brokers, registryUrl } = await startInfra();
  source = { brokers, registryUrl, group: prefix, topicName };
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: topicTables.map(({ topic }) => ({ topic: topicName(topic), numPartitions: 1 })),
  });
  registry = new SchemaRegistry({ host: registryUrl });
  for (const { topic, schema } of topicTables) {
    const registered = await registry.register(
      { type: SchemaType.AVRO, schema: spelledOut(schema) },
      { subject: `${topicName(topic)}-value` },
    );
    schemaIds.set(topic, registered.id);
  }
  producer = kafka.producer({
    idempotent: true,
    transactionalId: prefix,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  opened = await openTestWarehouse();
  await createViews(opened.warehouse);
  await createIngest(opened.warehouse, source);
}, 120_000);

afterAll(async () => {
  await dropIngest(opened.warehouse);
  await opened[Symbol.asyncDispose]();
  await producer.disconnect();
  await admin.deleteTopics({ topics: topicTables.map(({ topic }) => topicName(topic)) });
  await admin.disconnect();
}, 60_000);

describe('ClickHouse on the topics', () => {
  it('every topic arrives', async () => {
    for (const { topic, schema } of topicTables) await send(topic, [eventOf(topic, schema)]);
    await until(async () => {
      const offsets = await ingested(opened.warehouse);
      return Object.values(offsets).every((partitions) => Object.keys(partitions).length > 0);
    });
    for (const { table } of topicTables)
      expect(await one(`select count() as n from ${table}`)).toEqual({ n: 1 });
  }, 60_000);

  it('arrays within records within arrays, absent values, and a record left out', async () => {
    expect(
      await one(
        'select variants, `items.itemId` as id, `items.targetPropensities` as targetPropensities, `items.similarity` as similarity, requestId, at from impressions',
      ),
    ).toEqual({
      variants: ['a', 'b'],
      id: ['x', 'y'],
      targetPropensities: [
        [0.5, 0.25],
        [1, 0.75],
      ],
      similarity: [null, 0.5],
      requestId: null,
      at: '2020-01-01 00:00:00.123',
    });
    expect(
      await one(
        'select models, `items.p` as p, `items.source` as source, `ranks.rank` as rank from predictions',
      ),
    ).toEqual({
      models: ['m', 'n'],
      source: ['simulated', null],
      p: [
        [0.5, 0.25],
        [0.1, 0.2],
      ],
      rank: [[1, 2.5]],
    });
    expect(
      await one('select `items.groups` as groups, `items.positive` as positive from examples'),
    ).toEqual({ groups: [['g1', 'g2']], positive: [true] });
    expect(await one('select candidates from requests')).toEqual({ candidates: [] });
    expect(await one('select attributes, groups from items')).toEqual({
      attributes: { year: '1995' },
      groups: ['a', 'b'],
    });
    expect(await one('select hex(data) as data, line, partition from dead_letters')).toEqual({
      data: '00FF01',
      line: 3,
      partition: null,
    });
  });

  it('records that cannot be read are kept with their bytes, and stop nobody', async () => {
    const good = await registry.encode(schemaIds.get('clicks')!, events.clicks);
    await send('clicks', [
      Buffer.from('garbage'),
      events.clicks,
      good.subarray(0, 12),
      events.clicks,
    ]);
    await until(async () => (await count('clicks')) === 3);
    await until(async () => (await count('ingest_errors')) === 2);
    expect(
      await rowsOf(
        opened.warehouse,
        'select topic, hex(raw) as raw from ingest_errors order by _offset',
      ),
    ).toEqual([
      { topic: 'clicks', raw: Buffer.from('garbage').toString('hex').toUpperCase() },
      { topic: 'clicks', raw: good.subarray(0, 12).toString('hex').toUpperCase() },
    ]);
    expect(await one("select duplicates from topic_counts where topic = 'clicks'")).toEqual({
      duplicates: 2,
    });
  }, 60_000);

  it('an aborted transaction leaves nothing', async () => {
    await send('audit', [{ ...events.audit, name: 'aborted' }], true);
    await send('audit', [{ ...events.audit, name: 'committed' }]);
    await until(async () => (await landed('audit')) > 1);
    expect(await rowsOf(opened.warehouse, 'select name from audit order by _offset')).toEqual([
      { name: 'n' },
      { name: 'committed' },
    ]);
  }, 60_000);

  it('connected again it goes on where it was: nothing twice, nothing missed', async () => {
    await dropIngest(opened.warehouse);
    await send('audit', [{ ...events.audit, name: 'meanwhile' }]);
    await createIngest(opened.warehouse, source);
    await until(async () => (await count("audit where name = 'meanwhile'")) === 1);
    // Without `final`: not even collapsed rows.
    expect(await one('select count() as n, uniqExact(_offset) as distinct from audit')).toEqual({
      n: 3,
      distinct: 3,
    });
  }, 60_000);

  it('is left as it is by whoever wants the same, and made anew for another group', async () => {
    const database = `${opened.warehouse.database}_ingest`;
    const tables = async () =>
      (
        await rowsOf<{ name: string }>(
          opened.warehouse,
          `select name from system.tables where database = '${database}' order by name`,
        )
      ).map(({ name }) => name);
    const made = await tables();
    expect(made).toHaveLength(5 * topicTables.length);
    // Whoever makes it anew begins by dropping the database, and this table with it.
    await execute(opened.warehouse, `create table ${database}.left (x UInt8) engine = Null`);
    const ensure = (group: string) => ensureIngest(opened.warehouse, { ...source, group });
    await Promise.all([ensure(source.group), ensure(source.group)]);
    expect(await tables()).toContain('left');
    await ensure(`${prefix}-other`);
    expect(await tables()).toEqual(made);
    // Two that begin at once, where nothing reads yet, both find it reading in the end.
    await dropIngest(opened.warehouse);
    await Promise.all([ensure(source.group), ensure(source.group)]);
    expect(await tables()).toEqual(made);
    await send('audit', [{ ...events.audit, name: 'shared' }]);
    await until(async () => (await count("audit final where name = 'shared'")) === 1);
  }, 120_000);
});
