// Foreign writers on a real broker with a real registry, each topic in another compression: stages, tables,
// an enricher and ClickHouse read the same records and refuse the same ones, under the same codes.
import { expect, it } from '@jest/globals';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { Message } from 'kafkajs';
import { caughtUp } from '../../infra/clickhouse/ingest/catch-up.ts';
import { startIngest } from '../../infra/clickhouse/ingest/start.ts';
import { topicTables } from '../../infra/clickhouse/tables.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { type EnricherDef, onAsync } from '../../streams/engine/enricher.ts';
import { type Catalogue, catalogueTable } from '../../streams/tables/catalogue.ts';
import { mainTopology } from '../../streams/topology.ts';
import { openTestWarehouse } from '../clickhouse/open.ts';
import { foreignRecords } from '../support/foreign-writers.ts';
import { describeOnInfra } from '../support/infra.ts';
import { rowOf } from '../support/sql-row.ts';
import { testStreams } from '../support/streams.ts';

/** The broker converts what is produced, by the libraries that Java clients use. */
const compressions = new Map<AnyTopic, string>([
  [clicks, 'zstd'],
  [impressions, 'snappy'],
  [items, 'lz4'],
  [requests, 'gzip'],
]);
const inputs = [impressions, clicks, requests];

/** Number of the resource type "topic" in the protocol. */
const topicResource = 2;

type Streams = Awaited<ReturnType<typeof testStreams>>;

async function compress({ kafka, nameOf }: Streams): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.alterConfigs({
    validateOnly: false,
    resources: [...compressions].map(([topic, value]) => ({
      type: topicResource,
      name: nameOf(topic),
      configEntries: [{ name: 'compression.type', value }],
    })),
  });
  await admin.disconnect();
}

/** Writes the records of foreign writers. @returns the offset of each in its topic */
async function writeForeign(streams: Streams) {
  const registry = new SchemaRegistry({ host: streams.registryUrl });
  const written = new Map<AnyTopic, Message[]>();
  const placed = [];
  for (const [i, record] of foreignRecords().entries()) {
    const { schema, topic, key } = record;
    // Subjects of their own: no registry would take some of them for ours.
    const subject = `${streams.layout.prefix}foreign-${i}`;
    const { id } = schema
      ? await registry.register(
          { type: SchemaType.AVRO, schema: JSON.stringify(schema) },
          { subject },
        )
      : { id: 0 };
    const messages = written.get(topic) ?? [];
    placed.push({ ...record, offset: messages.length });
    written.set(topic, [...messages, { key, value: record.value(id) }]);
  }
  for (const [topic, messages] of written) await streams.write(topic, messages);
  return placed;
}

/** Notes what it reads, with the client that enrichers read with. */
function noting(seen: Map<AnyTopic, unknown[]>): EnricherDef {
  const note = (topic: AnyTopic) =>
    onAsync(topic, (event) => {
      seen.set(topic, [...(seen.get(topic) ?? []), event]);
    });
  return {
    name: 'noting',
    doc: 'Notes what it reads.',
    inputs,
    outputs: [],
    prompt: true,
    tables: [catalogueTable],
    create: () => ({ handlers: inputs.map(note), counts: {} }),
  };
}

const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describeOnInfra('foreign writers', () => {
  it('are read alike by stages, tables, enrichers and ClickHouse', async () => {
    const streams = await testStreams();
    const { codecs } = streams;
    await compress(streams);
    const placed = await writeForeign(streams);
    const item = (itemId: string, title: string) => {
      const rest = { at: 1_600_000_000_000, text: '', groups: [], attributes: {} };
      return { key: itemId, value: codecs.of(items).encode({ itemId, title, ...rest }) };
    };
    await streams.write(items, [item('a', 'First'), item('b', 'B'), item('c', 'C')]);
    await streams.write(items, [item('a', 'Second'), { key: 'b', value: null }]);
    await streams.write(items, [{ key: 'c', value: null }, item('c', 'Again'), item('z', 'Z')]);
    await streams.write(items, [{ key: 'z', value: null }]);

    await using opened = await openTestWarehouse();
    const { warehouse } = opened;
    await using _ingest = await startIngest({ ...streams, warehouse });
    await createViews(warehouse);
    const seen = new Map<AnyTopic, unknown[]>();
    const topology = mainTopology();
    await using pipeline = streams.pipeline({ ...topology, enrichers: [noting(seen)] });
    await pipeline.start();
    await pipeline.settled();
    expect(await caughtUp({ ...streams, warehouse, timeoutMs: 30_000 })).toBe(true);

    for (const topic of compressions.keys()) {
      const table = topicTables.find(({ of }) => of === topic)!;
      const own = placed.filter((one) => one.topic === topic);
      const read = own.filter(({ becomes }) => typeof becomes !== 'string');
      const rows = await rowsOf(
        warehouse,
        `select * except(ingestedAt) from ${table.table} final where _offset < ${own.length} order by _offset`,
      );
      expect(rows).toEqual(
        read.map(({ becomes, offset }) => ({
          ...rowOf(table, becomes),
          ...(table.latest && { _key: topic.keyOf(becomes) }),
          _partition: 0,
          _offset: offset,
        })),
      );
      // Behind them come the slates that requests were answered with.
      const first = (seen.get(topic) ?? []).slice(0, read.length);
      if (topic !== items) expect(plain(first)).toEqual(read.map(({ becomes }) => becomes));
      const refused = await rowsOf(
        warehouse,
        `select toUInt32(_offset) as offset, code from ingest_errors final where topic = '${topic.name}' order by offset`,
      );
      const codes = own.flatMap(({ becomes: code, offset }) =>
        typeof code === 'string' ? [{ offset, code }] : [],
      );
      expect([topic.name, refused]).toEqual([topic.name, codes]);
      if (topic === items) continue;
      // What ClickHouse has refused, every step that reads the topic has in the dead letters.
      const dead = await rowsOf(
        warehouse,
        `select distinct toUInt32(offset) as offset, code from dead_letters final
         where origin = '${topic.name}' and code in ('record-undecodable', 'event-invalid') order by offset`,
      );
      expect([topic.name, dead]).toEqual([topic.name, codes]);
      const counted = await rowsOf<{ n: number }>(
        warehouse,
        `select toUInt32(sum(n)) as n from dead_letters_by_code
         where origin = '${topic.name}' and code in ('record-undecodable', 'event-invalid')`,
      );
      expect(counted).toEqual([{ n: codes.length }]);
    }

    // Items written twice, deleted, and added again: the table of the streams and that of ClickHouse.
    const catalogue: Catalogue = pipeline.tables.of(catalogueTable);
    const held = [...catalogue.ids()].sort().map((id) => [id, catalogue.get(id)!.title]);
    const rows = await rowsOf<{ itemId: string; title: string }>(
      warehouse,
      'select itemId, title from items final order by itemId',
    );
    expect(rows.map(({ itemId, title }) => [itemId, title])).toEqual(held);
    expect(held).toEqual(
      expect.arrayContaining([
        ['a', 'Second'],
        ['c', 'Again'],
      ]),
    );
    expect(held.filter(([id]) => id === 'b' || id === 'z')).toEqual([]);
  }, 120_000);
});
