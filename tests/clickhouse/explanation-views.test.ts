// The views on reasons and their marks, against values worked out by hand.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { insert, item } from './rows.ts';

let opened: TestWarehouse;
const view = (name: string) =>
  rowsOf<Record<string, unknown>>(opened.warehouse, `select * from ${name}`);

let offset = 0;
const reason = (impressionId: string, itemId: string, rest: object = {}) => ({
  hash: `h-${itemId}`,
  _key: `h-${impressionId}-${itemId}`,
  impressionId,
  itemId,
  at: '2020-01-10 00:00:00.000',
  model: 'fake',
  text: `Of ${itemId}.`,
  citedItems: ['b', 'unknown'],
  citedGroups: ['Crime'],
  userId: 'u1',
  citedAttributes: ['year=1995'],
  score: 2.5,
  removed: 1,
  latencyMs: 3,
  tokens: 4,
  _partition: 0,
  _offset: offset++,
  ...rest,
});

const mark = (judge: string, hash: string, aspect: string, score: number, id = '') => ({
  judgementId: id || `${judge}-${hash}-${aspect}-${offset}`,
  hash,
  at: '2020-01-10 00:00:00.000',
  judge,
  by: 'x',
  aspect,
  score,
  _partition: 0,
  _offset: offset++,
});

beforeAll(async () => {
  opened = await openTestWarehouse();
  await createViews(opened.warehouse);
});

afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

describe('the views on reasons', () => {
  it('are empty before there are any', async () => {
    expect(await view('latest_explanations')).toEqual([]);
    expect(await view('judgements_by_aspect')).toEqual([]);
  });

  it('show each reason once, the latest, with titles and marks', async () => {
    const { warehouse } = opened;
    await insert(warehouse, 'items', [item('a', 'Heat (1995)'), item('b', 'Casino (1995)')]);
    await insert(warehouse, 'explanations', [
      reason('i1', 'a', { text: 'Before.' }),
      reason('i1', 'a'),
      reason('i2', 'c', { at: '2020-01-11 00:00:00.000', score: null, citedItems: [] }),
    ]);
    await insert(warehouse, 'judgements', [
      mark('person', 'h-a', 'true', 5),
      mark('person', 'h-a', 'clear', 2),
      mark('model', 'h-a', 'true', 3.5),
    ]);
    const rows = await view('latest_explanations');
    expect(rows).toEqual([
      expect.objectContaining({
        itemId: 'c',
        title: 'c',
        citedTitles: [],
        score: null,
        meanByPeople: null,
      }),
      {
        at: '2020-01-10 00:00:00.000',
        hash: 'h-a',
        impressionId: 'i1',
        userId: 'u1',
        itemId: 'a',
        title: 'Heat (1995)',
        text: 'Of a.',
        citedTitles: ['Casino (1995)', 'unknown'],
        citedGroups: ['Crime'],
        citedAttributes: ['year=1995'],
        score: 2.5,
        removed: 1,
        model: 'fake',
        latencyMs: 3,
        tokens: 4,
        judgementsByPeople: 2,
        meanByPeople: 3.5,
        meanByModel: 3.5,
      },
    ]);
  });

  it('say what both kinds of judges think, each judgement once, and whether they agree', async () => {
    const { warehouse } = opened;
    await insert(warehouse, 'judgements', [
      mark('person', 'h-b', 'true', 1, 'twice'),
      mark('person', 'h-b', 'true', 1, 'twice'),
      mark('person', 'h-c', 'true', 3),
      mark('model', 'h-b', 'true', 1.5),
      mark('model', 'h-c', 'true', 2.5),
    ]);
    // People 5, 1, 3 and the model 3.5, 1.5, 2.5 on the same three: a line.
    const rows = await view('judgements_by_aspect');
    expect(rows).toEqual([
      {
        ...{ judge: 'person', aspect: 'clear', n: 1, explanations: 1, mean: 2, std: 0 },
        ...{ shared: 0, correlation: null },
      },
      {
        ...{ judge: 'model', aspect: 'true', n: 3, explanations: 3, mean: 2.5 },
        ...{ std: expect.closeTo(Math.sqrt(2 / 3), 12), shared: 3 },
        correlation: expect.closeTo(1, 12),
      },
      {
        ...{ judge: 'person', aspect: 'true', n: 3, explanations: 3, mean: 3 },
        ...{ std: expect.closeTo(Math.sqrt(8 / 3), 12), shared: 3 },
        correlation: expect.closeTo(1, 12),
      },
    ]);
  });
});
