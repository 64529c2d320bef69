// The views on what was decided here, against values worked out by hand.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { impression, insert, item, reward } from './rows.ts';

let opened: TestWarehouse;
const view = (name: string) => rowsOf(opened.warehouse, `select * from ${name}`);

// Three slates. Clicked: x of i1 and x of i3 (said twice); nothing of i2.
const first = impression({
  impressionId: 'i1',
  at: '2020-01-10 00:00:00.000',
  variant: 'A',
  latencyMs: 1,
  variants: ['A', 'B'],
  shown: [
    ['x', 0.5, [0.5, 0.25]],
    ['y', 1, [1, 0.5]],
  ],
});

beforeAll(async () => {
  opened = await openTestWarehouse();
  const { warehouse } = opened;
  await createViews(warehouse);
  await insert(warehouse, 'impressions', [
    first,
    impression({
      impressionId: 'i2',
      at: '2020-01-20 00:00:00.000',
      variant: 'A',
      tier: 'llm',
      latencyMs: 3,
      variants: ['A', 'B'],
      shown: [
        ['y', 0.25, [0.25, 0.5]],
        ['z', 0.5, [0.5, 0.5]],
      ],
    }),
    impression({
      impressionId: 'i3',
      at: '2020-02-05 00:00:00.000',
      userId: 'u2',
      variant: 'B',
      latencyMs: 2,
      variants: ['A', 'B'],
      shown: [['x', 0.5, [0.25, 0.5]]],
    }),
    impression({
      impressionId: 'foreign',
      at: '2020-02-05 00:00:00.000',
      servedBy: 'logged',
      shown: [['x', 0.5, []]],
    }),
  ]);
  // Read a second time from the same offset: must change nothing.
  await insert(warehouse, 'impressions', [first]);
  await insert(warehouse, 'rewards', [
    reward('i1', 'x'),
    reward('i1', 'y', false),
    reward('i3', 'x'),
    reward('i3', 'x'),
    reward('foreign', 'x'),
  ]);
  await insert(warehouse, 'items', [
    item('x', 'Old title'),
    item('x', 'Ex'),
    item('y', ''),
    item('z', 'Zed'),
    item('q', 'Queue'),
  ]);
});

afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

describe('views on served slates', () => {
  it('ctr_by_variant: A 1 click of 4 shown, B 1 of 1', async () => {
    expect(await view('ctr_by_variant')).toEqual([
      { variant: 'A', source: 'logged', impressions: 2, shown: 4, clicks: 1, ctr: 0.25 },
      { variant: 'B', source: 'logged', impressions: 1, shown: 1, clicks: 1, ctr: 1 },
    ]);
  });

  it('reward_by_variant: A 1 in 2 slates, B 1 in 1', async () => {
    expect(await view('reward_by_variant')).toEqual([
      { variant: 'A', source: 'logged', impressions: 2, reward: 1, rewardPerImpression: 0.5 },
      { variant: 'B', source: 'logged', impressions: 1, reward: 1, rewardPerImpression: 1 },
    ]);
  });

  it('regret_by_variant: by the truth of a world, a slate told twice counted once', async () => {
    expect(await view('regret_by_variant')).toEqual([]);
    const truth = (impressionId: string, variant: string, expected: number, best: number) => ({
      ...item('x', ''),
      ...{ impressionId, userId: 'u1', at: '2020-01-10 00:00:00.000', variant, expected, best },
    });
    await insert(opened.warehouse, 'truths', [
      truth('i1', 'A', 0.5, 2),
      truth('i1', 'A', 0.5, 2),
      truth('i2', 'A', 1, 1.5),
      truth('i3', 'B', 2, 2),
    ]);
    expect(await view('regret_by_variant')).toEqual([
      { variant: 'A', slates: 2, reward: 0.75, best: 1.75, regret: 2, regretPerSlate: 1 },
      { variant: 'B', slates: 1, reward: 2, best: 2, regret: 0, regretPerSlate: 0 },
    ]);
  });

  it('cumulative_reward runs in event time', async () => {
    const source = 'logged';
    expect(await view('cumulative_reward')).toEqual([
      { variant: 'A', source, at: '2020-01-10 00:00:00.000', impressions: 1, reward: 1 },
      { variant: 'A', source, at: '2020-01-20 00:00:00.000', impressions: 2, reward: 1 },
      { variant: 'B', source, at: '2020-02-05 00:00:00.000', impressions: 1, reward: 1 },
    ]);
  });

  it('ctr_over_time by month', async () => {
    expect(await view('ctr_over_time')).toEqual([
      {
        variant: 'A',
        source: 'logged',
        bucket: '2020-01-01',
        impressions: 2,
        clicks: 1,
        ctr: 0.25,
      },
      { variant: 'B', source: 'logged', bucket: '2020-02-01', impressions: 1, clicks: 1, ctr: 1 },
    ]);
  });

  it('snips_by_variant', async () => {
    // Users are the clusters: u1 had i1 and i2, u2 had i3.
    // A: i1 w = 1, 1, A = 1, B = 2; i2 w = 1, 1, A = 0, B = 2; i3 w = 0.5, A = 0.5, B = 0.5.
    //    value = 1.5 / 4.5 = 1/3; residuals of u1 1 - 4/3 = -1/3, of u2 1/3;
    //    se = sqrt(2/1 * 2/9) / 4.5 = 0.1481481; 1.96 se = 0.2903704;
    //    ess = 4.5^2 / (2 + 2 + 0.25) = 4.7647059.
    // B: i1 w = 0.5, 0.5, A = 0.5, B = 1; i2 w = 2, 1, A = 0, B = 3; i3 w = 1, A = 1, B = 1.
    //    value = 1.5 / 5 = 0.3; residuals of u1 0.5 - 1.2 = -0.7, of u2 0.7;
    //    se = sqrt(2/1 * 0.98) / 5 = 0.28; 1.96 se = 0.5488;
    //    ess = 5^2 / (0.5 + 5 + 1) = 3.8461538.
    expect(await view('snips_by_variant')).toEqual([
      {
        variant: 'A',
        source: 'logged',
        impressions: 3,
        users: 2,
        snips: expect.closeTo(0.3333333, 6),
        low: expect.closeTo(0.042963, 6),
        high: expect.closeTo(0.6237037, 6),
        ess: expect.closeTo(4.7647059, 6),
      },
      {
        variant: 'B',
        source: 'logged',
        impressions: 3,
        users: 2,
        snips: expect.closeTo(0.3, 6),
        low: 0,
        high: expect.closeTo(0.8488, 6),
        ess: expect.closeTo(3.8461538, 6),
      },
    ]);
  });

  it('exposure_by_variant: of x, y, z, q A showed three, B one', async () => {
    expect(await view('exposure_by_variant')).toMatchObject([
      { variant: 'A', distinctItems: 3, catalogue: 4, coverage: 0.75 },
      { variant: 'B', distinctItems: 1, catalogue: 4, coverage: 0.25 },
    ]);
  });

  it('latency_by_variant: index floor(0.5 * 2) = 1 of 1, 3', async () => {
    expect(await view('latency_by_variant')).toEqual([
      { variant: 'A', n: 2, p50Ms: 3, p99Ms: 3 },
      { variant: 'B', n: 1, p50Ms: 2, p99Ms: 2 },
    ]);
  });

  it('tier_share: two of three fast', async () => {
    expect(await view('tier_share')).toEqual([
      { tier: 'fast', impressions: 2, share: expect.closeTo(2 / 3, 9) },
      { tier: 'llm', impressions: 1, share: expect.closeTo(1 / 3, 9) },
    ]);
  });

  it('latest_decisions: newest first, with the latest titles, ids where there is none', async () => {
    const rest = { policy: 'p', version: 1 };
    expect(await view('latest_decisions')).toEqual([
      {
        ...rest,
        userId: 'u2',
        at: '2020-02-05 00:00:00.000',
        variant: 'B',
        tier: 'fast',
        items: ['Ex'],
        propensities: [0.5],
        clicked: [1],
        sources: ['logged'],
      },
      {
        ...rest,
        userId: 'u1',
        at: '2020-01-20 00:00:00.000',
        variant: 'A',
        tier: 'llm',
        items: ['y', 'Zed'],
        propensities: [0.25, 0.5],
        clicked: [0, 0],
        sources: ['logged', 'logged'],
      },
      {
        ...rest,
        userId: 'u1',
        at: '2020-01-10 00:00:00.000',
        variant: 'A',
        tier: 'fast',
        items: ['Ex', 'y'],
        propensities: [0.5, 1],
        clicked: [1, 0],
        sources: ['logged', 'logged'],
      },
    ]);
  });

  it('ctr_over_time of times far ahead, as in records whose dates are shifted', async () => {
    const far = {
      impressionId: 'far',
      variant: 'far',
      at: '2299-05-31 00:00:00.000',
      variants: ['far'],
    };
    const shown: [string, number, number[]][] = [['x', 0.5, [0.5]]];
    await insert(opened.warehouse, 'impressions', [impression({ ...far, shown })]);
    expect(await view("ctr_over_time where variant = 'far'")).toMatchObject([
      { variant: 'far', bucket: '2299-05-01', impressions: 1, clicks: 0 },
    ]);
  });
});
