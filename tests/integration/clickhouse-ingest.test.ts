// Real topics land in ClickHouse: every shape, aborted transactions, restarts, a topic made anew.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Message } from 'kafkajs';
import { caughtUp } from '../../infra/clickhouse/ingest/catch-up.ts';
import { readPositions } from '../../infra/clickhouse/ingest/positions.ts';
import { startIngest } from '../../infra/clickhouse/ingest/start.ts';
import { topicTables } from '../../infra/clickhouse/tables.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { openTestWarehouse, type TestWarehouse } from '../clickhouse/open.ts';
import { describeOnInfra } from '../support/infra.ts';
import { testStreams } from '../support/streams.ts';
import { events } from './events.ts';

type Name = keyof typeof events;

const finding = (name: string) => ({ ...events.audit, name });

describeOnInfra('ClickHouse on the topics', () => {
  let streams: Awaited<ReturnType<typeof testStreams>>;
  let opened: TestWarehouse;
  let ingest: AsyncDisposable;

  const start = async () => {
    ingest = await startIngest({ ...streams, warehouse: opened.warehouse });
  };
  const landed = async () =>
    expect(await caughtUp({ ...streams, warehouse: opened.warehouse })).toBe(true);
  const rows = <T>(query: string) => rowsOf<T>(opened.warehouse, query);
  const one = async (query: string) => (await rows(query))[0];
  const names = async (final = '') =>
    (await rows<{ name: string }>(`select name from audit ${final} order by _offset`)).map(
      ({ name }) => name,
    );
  const message = (topic: AnyTopic, event: unknown): Message => ({
    key: topic.keyOf(event),
    value: streams.codecs.of(topic).encode(event),
  });

  beforeAll(async () => {
    streams = await testStreams();
    opened = await openTestWarehouse();
    await start();
    await createViews(opened.warehouse);
  }, 180_000);

  afterAll(async () => {
    await ingest?.[Symbol.asyncDispose]();
    await opened?.[Symbol.asyncDispose]();
  }, 60_000);

  it('every topic arrives', async () => {
    await streams.send(
      topicTables.map(({ of, topic }) => ({ topic: of, event: events[topic as Name] })),
    );
    await landed();
    for (const { table } of topicTables)
      expect([table, await one(`select count() as n from ${table}`)]).toEqual([table, { n: 1 }]);
    expect(await rows('select * from ingest_errors')).toEqual([]);
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

  it('records that cannot be read are kept with their bytes and their code, and stop nobody', async () => {
    const good = message(clicks, events.clicks);
    const invalid = message(clicks, { ...events.clicks, value: Number.NaN });
    const cut = (good.value as Buffer).subarray(0, 12);
    const key = good.key ?? null;
    await streams.write(clicks, [
      { key, value: Buffer.from('garbage') },
      good,
      { key, value: cut },
    ]);
    await streams.write(clicks, [invalid, { key, value: null }, good]);
    await landed();
    expect(await one('select count() as n from clicks')).toEqual({ n: 3 });
    const hex = (value: unknown) => (value as Buffer).toString('hex').toUpperCase();
    expect(
      await rows('select topic, code, hex(raw) as raw from ingest_errors order by _offset'),
    ).toEqual([
      { topic: 'clicks', code: 'record-undecodable', raw: hex(Buffer.from('garbage')) },
      { topic: 'clicks', code: 'record-undecodable', raw: hex(cut) },
      { topic: 'clicks', code: 'event-invalid', raw: hex(invalid.value) },
      { topic: 'clicks', code: 'record-undecodable', raw: '' },
    ]);
    expect(await one("select duplicates from topic_counts where topic = 'clicks'")).toEqual({
      duplicates: 2,
    });
  }, 60_000);

  it('an aborted transaction leaves nothing, and is waited for by nobody', async () => {
    const producer = streams.kafka.producer({
      idempotent: true,
      transactionalId: streams.application,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const send = async (name: string, end: 'abort' | 'commit') => {
      const transaction = await producer.transaction();
      const messages = [message(audit, finding(name))];
      await transaction.send({ topic: streams.nameOf(audit), messages });
      await transaction[end]();
    };
    await send('committed', 'commit');
    await send('aborted', 'abort');
    await producer.disconnect();
    await landed();
    expect(await names()).toEqual(['n', 'committed']);
  }, 60_000);

  it('started again it goes on where it was, and what is read again lands on itself', async () => {
    await ingest[Symbol.asyncDispose]();
    await streams.write(audit, [message(audit, finding('meanwhile'))]);
    await start();
    await landed();
    // Without `final`: not even collapsed rows.
    expect(await names()).toEqual(['n', 'committed', 'meanwhile']);
    await ingest[Symbol.asyncDispose]();
    // As after a crash between the rows and their positions.
    await opened.warehouse.client.command({ query: 'truncate table ingest_positions' });
    await start();
    await landed();
    expect(await one('select count() as n from audit final')).toEqual({ n: 3 });
    expect(await one('select count() as n from clicks final')).toEqual({ n: 3 });
  }, 60_000);

  it('a topic made anew is read from its beginning', async () => {
    await ingest[Symbol.asyncDispose]();
    const values = [{ topic: 'items', _partition: 0, next: 1_000_000 }];
    const table = 'ingest_positions';
    await opened.warehouse.client.insert({ table, values, format: 'JSONEachRow' });
    await start();
    const next = async () =>
      (await readPositions(opened.warehouse)).find(({ topic }) => topic === 'items')?.next;
    while ((await next()) !== 1);
    expect(await one('select count() as n from items')).toEqual({ n: 1 });
  }, 60_000);

  it('processes that share a server share the work, and one goes on where another ends', async () => {
    await ingest[Symbol.asyncDispose]();
    // The engine of this process stands for a server: what differs is who reads what.
    const warehouse = { ...opened.warehouse, kind: 'server' as const };
    const first = await startIngest({ ...streams, warehouse });
    ingest = await startIngest({ ...streams, warehouse });
    await streams.write(audit, [message(audit, finding('for one of two'))]);
    await landed();
    await first[Symbol.asyncDispose]();
    await streams.write(audit, [message(audit, finding('for the one left'))]);
    await landed();
    expect((await names('final')).slice(-2)).toEqual(['for one of two', 'for the one left']);
    expect(await one('select count() as n, uniqExact(_offset) as places from audit final')).toEqual(
      {
        n: 5,
        places: 5,
      },
    );
  }, 90_000);
});
