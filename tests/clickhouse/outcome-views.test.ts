// Outcomes of people and of a simulator in the views: kept apart, item by item, worked out by hand.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { impression, insert, prediction, reward } from './rows.ts';

let opened: TestWarehouse;
const read = (sql: string) => rowsOf(opened.warehouse, sql);

const at = '2020-01-10 00:00:00.000';
const slate = (impressionId: string, userId: string) =>
  impression({
    ...{ impressionId, at, userId, variant: 'A', variants: ['A', 'B'] },
    // Under A as logged; under B half as likely at each place.
    shown: [
      ['x', 0.5, [0.5, 0.25]],
      ['y', 0.5, [0.5, 0.25]],
    ],
  });
const simulated = (impressionId: string, itemId: string, positive: boolean, confidence: number) =>
  reward(impressionId, itemId, positive, { source: 'simulated', confidence });

beforeAll(async () => {
  opened = await openTestWarehouse();
  const { warehouse } = opened;
  await createViews(warehouse);
  await insert(warehouse, 'impressions', [
    slate('mixed', 'u1'),
    slate('simulated', 'u2'),
    slate('weightless', 'u3'),
    slate('unanswered', 'u4'),
  ]);
  await insert(warehouse, 'rewards', [
    // A person likes x, the simulator says no, twice; on y there is only the simulator.
    simulated('mixed', 'x', false, 0.9),
    reward('mixed', 'x'),
    simulated('mixed', 'x', false, 0.1),
    simulated('mixed', 'y', true, 0.8),
    // The simulator alone: x is answered, y passed by.
    simulated('simulated', 'x', true, 0.6),
    simulated('weightless', 'x', true, 0),
    simulated('weightless', 'y', true, 0),
  ]);
});

afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

describe('views on outcomes of both kinds', () => {
  it('tell of each item who answered', async () => {
    const rows = await read(
      'select impressionId, clicked, sources, weights from _served order by impressionId',
    );
    expect(rows).toEqual([
      {
        impressionId: 'mixed',
        clicked: [1, 1],
        sources: ['logged', 'simulated'],
        weights: [1, 0.8],
      },
      {
        impressionId: 'simulated',
        clicked: [1, 0],
        sources: ['simulated', 'simulated'],
        weights: [0.6, 0.6],
      },
      {
        impressionId: 'unanswered',
        clicked: [0, 0],
        sources: ['logged', 'logged'],
        weights: [1, 1],
      },
      {
        impressionId: 'weightless',
        clicked: [1, 1],
        sources: ['simulated', 'simulated'],
        weights: [0, 0],
      },
    ]);
  });

  it('ctr: people liked 1 of x and the two unanswered; the simulator 2 of 3 that have a weight', async () => {
    expect(await read('select * from ctr_by_variant')).toEqual([
      {
        ...{ variant: 'A', source: 'logged', impressions: 2, shown: 3, clicks: 1 },
        ctr: expect.closeTo(1 / 3, 12),
      },
      {
        ...{ variant: 'A', source: 'simulated', impressions: 2, shown: 3, clicks: 2 },
        ctr: expect.closeTo(2 / 3, 12),
      },
    ]);
  });

  it('reward: a slate counts for the part of it that was answered so', async () => {
    expect(await read('select * from reward_by_variant')).toEqual([
      // 1 in .5 + 1 slates; 2 in .5 + 1.
      ...['logged', 'simulated'].map((source, i) => ({
        ...{ variant: 'A', source, impressions: 2, reward: 1 + i },
        rewardPerImpression: expect.closeTo((1 + i) / 1.5, 12),
      })),
    ]);
  });

  it('snips and the rest by weights of the judged positions alone', async () => {
    // B weighs .5 everywhere, so its ratio is that of A.
    for (const variant of ['A', 'B']) {
      const rows = await read(
        `select source, impressions, users, snips from snips_by_variant where variant = '${variant}'`,
      );
      expect(rows).toEqual([
        { source: 'logged', impressions: 2, users: 2, snips: expect.closeTo(1 / 3, 12) },
        { source: 'simulated', impressions: 2, users: 2, snips: expect.closeTo(2 / 3, 12) },
      ]);
    }
    // Whole slates under B: people's x at the top weighs .5, over 3 positions; the simulator's y weighs
    // .5 times .5, for x stood above it, and its x .5.
    expect(await read("select source, rips from ope_by_variant where variant = 'B'")).toEqual([
      { source: 'logged', rips: expect.closeTo(0.5 / 3, 12) },
      { source: 'simulated', rips: expect.closeTo(0.75 / 3, 12) },
    ]);
  });

  it('predictions are judged by the source of each item', async () => {
    const mixed = prediction({
      impressionId: 'mixed',
      at,
      models: ['m'],
      items: [
        [true, [0.9]],
        [true, [0.2]],
      ],
    });
    await insert(opened.warehouse, 'predictions', [
      { ...mixed, 'items.source': ['logged', 'simulated'] },
    ]);
    expect(await read('select source, n, positives from auc')).toEqual([
      { source: 'logged', n: 1, positives: 1 },
      { source: 'simulated', n: 1, positives: 1 },
    ]);
    expect(await read('select n, meanP from calibration')).toEqual([{ n: 1, meanP: 0.9 }]);
  });
});
