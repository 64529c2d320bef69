// The views on the pipeline itself: what arrived, what was lost, what came twice.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topicTables } from '../../infra/clickhouse/tables.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { execute, rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { clear, openTestWarehouse, type TestWarehouse } from './open.ts';
import { deadLetter, example, impression, insert, prediction, replay, reward } from './rows.ts';

let opened: TestWarehouse;
const view = (name: string) => rowsOf(opened.warehouse, `select * from ${name}`);
const slate = { at: '2020-01-10 00:00:00.000', servedBy: 'logged' };

beforeAll(async () => {
  opened = await openTestWarehouse();
  await createViews(opened.warehouse);
});

afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

describe('before anything arrived', () => {
  it('nothing is read, lost or duplicated, and no metric invents a value', async () => {
    expect(await view('accounting')).toEqual([
      { read: 0, inImpressions: 0, inExamples: 0, lost: 0, duplicated: 0 },
    ]);
    expect(await view('simulator_fidelity')).toEqual([
      { n: 0, auc: null, logloss: null, ece: null },
    ]);
    expect(await view('auc')).toEqual([]);
    expect(await view('latest_decisions')).toEqual([]);
  });
});

describe('after a replay', () => {
  beforeAll(async () => {
    const { warehouse } = opened;
    await clear(warehouse);
    await insert(warehouse, 'replays', [
      replay('r1', 3, { shown: 3, clicks: 1 }),
      replay('r1', 6, { shown: 5, clicks: 2, unreadable: 2 }),
      replay('r2', 2, { shown: 2, clicks: 1 }),
    ]);
    await insert(warehouse, 'rewards', [
      { ...reward('e1', 'a'), clickId: 'c1', source: 'logged' },
      { ...reward('e1', 'a'), clickId: 'c1', source: 'logged' },
    ]);
    await insert(warehouse, 'impressions', [
      impression({
        ...slate,
        impressionId: 'e1',
        shown: [
          ['a', 1, []],
          ['b', 1, []],
          ['c', 1, []],
        ],
      }),
      impression({
        ...slate,
        impressionId: 'e2',
        shown: [
          ['a', 1, []],
          ['b', 1, []],
        ],
      }),
    ]);
    await insert(warehouse, 'examples', [
      example('e1', 3),
      example('e1', 3),
      // A log that knows no positions.
      { ...example('e2', 2), 'items.position': [0, 0] },
      example('mine', 4, 'served'),
    ]);
    await insert(warehouse, 'dead_letters', [
      deadLetter('ratings.csv', 'row-unreadable'),
      deadLetter('ratings.csv', 'event-ahead'),
      {
        ...deadLetter('clicks', 'click-late', '2020-01-11 00:00:00.000'),
        ...{ line: null, data: '{"source":"logged"}' },
      },
      { ...deadLetter('clicks', 'click-late'), line: null },
    ]);
    const said = { impressionId: 'e1', at: slate.at, items: [] };
    await insert(warehouse, 'predictions', [
      prediction({ ...said, models: ['millrace'] }),
      prediction({ ...said, models: ['simulator'] }),
    ]);
    const once = reward('e1', 'a', true, { source: 'simulated' });
    await insert(warehouse, 'rewards', [{ ...once, ingestedAt: '2020-01-01 00:00:00.000' }]);
  });

  // Written: 5 + 2 positions, 2 + 1 clicks, 2 rows that cannot be used. Found: 3 + 3 + 2 positions, 5 distinct;
  // one click rewarded twice, one refused (the other refused one was simulated); the two rows.
  // Lost 7 - 5 + 3 - 1 - 1 + 2 - 2; duplicated 3 + 1.
  it('accounting: 6 + 2 rows read, 3 things lost, 4 doubled', async () => {
    expect(await view('accounting')).toEqual([
      { read: 8, inImpressions: 5, inExamples: 8, lost: 3, duplicated: 4 },
    ]);
  });

  it('topic_counts: e1 came twice as an example; two models on one impression are no duplicate', async () => {
    const rows = (await view('topic_counts')) as { topic: string }[];
    const named = Object.fromEntries(rows.map(({ topic, ...counts }) => [topic, counts]));
    expect(named).toMatchObject({
      examples: { records: 4, duplicates: 1 },
      predictions: { records: 2, duplicates: 0 },
      impressions: { records: 2, duplicates: 0 },
      replays: { records: 3, duplicates: 0 },
      clicks: { records: 0, duplicates: 0 },
    });
    expect(rows.map(({ topic }) => topic)).toEqual(topicTables.map(({ topic }) => topic).sort());
  });

  it('accounting: what cannot be used is not lost', async () => {
    const [before] = (await view('accounting')) as { lost: number }[];
    const unusable = (topic: string, offset: number, event: object) => ({
      ...{
        topic,
        code: 'event-invalid',
        error: 'value: NaN',
        raw: '',
        event: JSON.stringify(event),
      },
      ...{ _partition: 9, _offset: offset },
    });
    await insert(opened.warehouse, 'ingest_errors', [
      unusable('clicks', 0, { source: 'logged', impressionId: 'i', value: null }),
      unusable('clicks', 1, { source: 'simulated', impressionId: 'i' }),
      unusable('impressions', 0, { servedBy: 'logged', items: [{}, {}] }),
      unusable('impressions', 1, { servedBy: 'served', items: [{}] }),
    ]);
    const [after] = (await view('accounting')) as { lost: number }[];
    expect(after!.lost).toBe(before!.lost - 3);
    await execute(opened.warehouse, 'truncate table ingest_errors');
  });

  it('dead_letters_by_code', async () => {
    const broken = { topic: 'clicks', code: 'event-invalid', error: 'EOF', raw: '' };
    await insert(opened.warehouse, 'ingest_errors', [
      { ...broken, _partition: 0, _offset: 1, ingestedAt: '2020-01-12 00:00:00.000' },
      // The same record, read twice.
      { ...broken, _partition: 0, _offset: 1, ingestedAt: '2020-01-12 00:00:00.000' },
    ]);
    expect(await view('dead_letters_by_code')).toEqual([
      { origin: 'clicks', code: 'click-late', n: 2, lastAt: '2020-01-11 00:00:00.000' },
      { origin: 'clicks', code: 'event-invalid', n: 1, lastAt: '2020-01-12 00:00:00.000' },
      { origin: 'ratings.csv', code: 'event-ahead', n: 1, lastAt: '2020-01-10 00:00:00.000' },
      { origin: 'ratings.csv', code: 'row-unreadable', n: 1, lastAt: '2020-01-10 00:00:00.000' },
    ]);
  });

  it('dead_letters_by_code: a record that steps and ClickHouse skipped counts once', async () => {
    const skipped = { ...deadLetter('clicks', 'event-invalid'), partition: 0, offset: 1 };
    await insert(opened.warehouse, 'dead_letters', [skipped, { ...skipped, _offset: 900 }]);
    const rows = await view('dead_letters_by_code');
    expect(rows).toContainEqual(expect.objectContaining({ code: 'event-invalid', n: 1 }));
  });

  it('throughput counts what just landed, and not what landed long ago', async () => {
    const rows = await rowsOf(
      opened.warehouse,
      'select topic, sum(records) as records from throughput group by topic order by topic',
    );
    expect(rows).toEqual([
      { topic: 'dead-letters', records: 6 },
      { topic: 'examples', records: 4 },
      { topic: 'impressions', records: 2 },
      { topic: 'predictions', records: 2 },
      { topic: 'replays', records: 3 },
      { topic: 'rewards', records: 2 },
    ]);
  });

  it('accounting: an answer that names no slate may be to one served here; one that names it is of no log', async () => {
    const [before] = (await view('accounting')) as { lost: number }[];
    const answer = (clickId: string) =>
      reward('served-1', 'a', true, { clickId, variant: 'champion' });
    await insert(opened.warehouse, 'rewards', [answer('unnamed'), answer('named')]);
    const slates = { unnamed: '', named: 'served-1' };
    const told = Object.entries(slates).map(([clickId, impressionId], i) => ({
      ...{ clickId, impressionId, userId: 'u1', itemId: 'a', at: slate.at, kind: 'click' },
      ...{ positive: true, value: 1, source: 'logged', confidence: 1, _partition: 0, _offset: i },
    }));
    await insert(opened.warehouse, 'clicks', told);
    const [after] = (await view('accounting')) as { lost: number }[];
    expect(after!.lost).toBe(before!.lost - 1);
  });
});
