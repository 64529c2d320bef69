// Streams and ClickHouse read the records of foreign writers the same, row by row; so do updates and
// deletions of items. The real engine, and codecs without a registry.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Landing } from '../../infra/clickhouse/ingest/landing.ts';
import { RecordTaker } from '../../infra/clickhouse/ingest/take-record.ts';
import { createTables, topicTables } from '../../infra/clickhouse/tables.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { FetchedRecord } from '../../infra/kafka/wire/batch-reader.ts';
import type { Codecs } from '../../infra/registry/registry.ts';
import { createCodec, schemaIdOf } from '../../schemas/codec.ts';
import { codeOf } from '../../schemas/errors.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { type Item, items } from '../../schemas/topics/items.ts';
import { catalogueTable } from '../../streams/tables/catalogue.ts';
import { type ForeignRecord, foreignRecords } from '../support/foreign-writers.ts';
import { rowOf } from '../support/sql-row.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';

const ownId = 1;
const records = foreignRecords();
/** Schemas as a registry has them, by id. */
const schemas = new Map(records.map(({ schema }, i) => [100 + i, schema]));

/** Codecs that learn a writer's schema when they meet it, as those of the registry do. */
function codecs(): Codecs {
  const byTopic = new Map(topics.map((topic: AnyTopic) => [topic, createCodec(topic, ownId)]));
  const of = (topic: AnyTopic) => byTopic.get(topic)!;
  const known = (topic: AnyTopic, value: Buffer | null) => {
    const id = schemaIdOf(value ?? Buffer.alloc(0));
    if (!of(topic).knows(id)) of(topic).learnSchema(id, schemas.get(id));
    return of(topic);
  };
  return {
    of,
    decode: async (topic, bytes) => known(topic, bytes).decode(bytes),
    take: async (topic, record) => known(topic, record.value).take(record),
  };
}

function fetched(offset: number, key: string, value: Buffer | null): FetchedRecord {
  const keyed = Buffer.from(key);
  const bytes = Buffer.concat([keyed, value ?? Buffer.alloc(0)]);
  const size = value?.length ?? -1;
  return new FetchedRecord(offset, 0, bytes, 0, keyed.length, keyed.length, size);
}

const tableOf = (topic: AnyTopic) => topicTables.find(({ of }) => of === topic)!;
let opened: TestWarehouse;

async function land(some: readonly [AnyTopic, FetchedRecord][]): Promise<void> {
  const landing = new Landing(opened.warehouse, topicTables);
  const taker = new RecordTaker({ codecs: codecs() }, landing);
  for (const [topic, record] of some) await taker.take(tableOf(topic), 0, record);
  await landing.land();
}

beforeAll(async () => {
  opened = await openTestWarehouse();
  await createTables(opened.warehouse);
});
afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

describe('a record of a foreign writer', () => {
  const values = records.map((record, i) => record.value(100 + i));
  const at = (i: number) => ({ key: Buffer.from(records[i]!.key), value: values[i]! });

  beforeAll(async () => {
    await land(records.map(({ topic, key }, i) => [topic, fetched(i, key, values[i]!)]));
  });

  it.each(records.map((record, i) => [record.writer, record, i] as const))(
    'is the same for the streams and in ClickHouse: %s',
    async (_writer, { topic, becomes }: ForeignRecord, i) => {
      const { table } = tableOf(topic);
      const { warehouse } = opened;
      const read = await codecs()
        .take(topic, at(i))
        .then((event) => JSON.parse(JSON.stringify(event)), codeOf);
      expect(read).toEqual(becomes);
      const rows = await rowsOf(
        warehouse,
        `select * except(ingestedAt, _partition) from ${table} final where _offset = ${i}`,
      );
      const refused = await rowsOf<{ code: string; raw: string }>(
        warehouse,
        `select code, hex(raw) as raw from ingest_errors final where topic = '${topic.name}' and _offset = ${i}`,
      );
      if (typeof becomes === 'string') {
        const raw = (values[i] ?? Buffer.alloc(0)).toString('hex').toUpperCase();
        expect([rows, refused]).toEqual([[], [{ code: becomes, raw }]]);
      } else {
        const key = tableOf(topic).latest ? { _key: topic.keyOf(becomes) } : {};
        const row = { ...rowOf(tableOf(topic), becomes), ...key, _offset: i };
        expect([rows, refused]).toEqual([[row], []]);
      }
    },
  );

  it('too far ahead of the clock is in no table', async () => {
    const latest = Date.UTC(2019, 0, 1);
    const landing = new Landing(opened.warehouse, topicTables);
    const taker = new RecordTaker({ codecs: codecs(), latest: () => latest }, landing);
    await taker.take(tableOf(clicks), 7, fetched(1, records[0]!.key, values[0]!));
    await landing.land();
    const query =
      "select code, JSONExtractString(event, 'clickId') as id from ingest_errors where _partition = 7";
    const id = records[0]!.writer;
    expect(await rowsOf(opened.warehouse, query)).toEqual([{ code: 'event-ahead', id }]);
  });
});

describe('an item', () => {
  const item = (itemId: string, title: string): Item => ({
    ...{ itemId, title, at: 1_600_000_000_000, text: '', groups: [], attributes: {} },
  });
  const codec = createCodec(items, ownId);
  let offset = 1_000;
  let catalogue = catalogueTable.create();

  /** Says something of items, to the table of the streams and to ClickHouse. */
  async function say(...of: (Item | string)[]): Promise<void> {
    await land(
      of.map((one) => {
        const key = typeof one === 'string' ? one : one.itemId;
        catalogueTable.apply(catalogue, key, typeof one === 'string' ? null : one);
        const value = typeof one === 'string' ? null : codec.encode(one);
        return [items, fetched(offset++, key, value)];
      }),
    );
  }
  const both = async (final = 'final') => {
    const query = `select itemId, title from items ${final} where _offset >= 1000 order by itemId`;
    const rows = await rowsOf<{ itemId: string; title: string }>(opened.warehouse, query);
    const held = [...catalogue.ids()].sort().map((id) => [id, catalogue.get(id)!.title]);
    return { rows: rows.map(({ itemId, title }) => [itemId, title]), held };
  };
  const expectBoth = async (expected: [string, string][]) =>
    expect(await both()).toEqual({ rows: expected, held: expected });

  it('written twice is one row, the latest', async () => {
    await say(item('a', 'First'), item('b', 'B'));
    await say(item('a', 'Second'));
    await expectBoth([
      ['a', 'Second'],
      ['b', 'B'],
    ]);
  });

  it('that is deleted is in no table, without `final` either, and can be added again', async () => {
    await say('a', "it's unknown");
    await expectBoth([['b', 'B']]);
    expect((await both('')).rows).toEqual([['b', 'B']]);
    await say(item('a', 'Third'));
    await expectBoth([
      ['a', 'Third'],
      ['b', 'B'],
    ]);
  });

  it('may be written, deleted and written again in one batch', async () => {
    await say(item('c', 'Old'), 'c', item('c', 'New'), item('d', 'D'), 'd');
    await expectBoth([
      ['a', 'Third'],
      ['b', 'B'],
      ['c', 'New'],
    ]);
  });

  it('is the same after everything was read again', async () => {
    await say('b');
    const before = await both();
    catalogue = catalogueTable.create();
    offset = 1_000;
    await say(item('a', 'First'), item('b', 'B'), item('a', 'Second'), 'a', "it's unknown");
    await say(
      item('a', 'Third'),
      item('c', 'Old'),
      'c',
      item('c', 'New'),
      item('d', 'D'),
      'd',
      'b',
    );
    expect(await both()).toEqual(before);
    expect(before.rows).toEqual([
      ['a', 'Third'],
      ['c', 'New'],
    ]);
  });
});
