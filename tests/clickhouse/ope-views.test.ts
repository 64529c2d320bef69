// The estimates in SQL and in TypeScript, on the same slates: equal to the last digits.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { impressionsTask } from '../../evaluate/ope/impressions.ts';
import { queryOnce } from '../../infra/clickhouse/query-once.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { diagnose } from '../../models/ope/diagnostics.ts';
import { estimatorNamed } from '../../models/ope/estimators.ts';
import { estimateAll } from '../../models/ope/report.ts';
import { estimateOf } from '../../models/ope/rounds.ts';
import { rewardTable, type TabularLog } from '../../models/ope/tabular.ts';
import { targetRounds } from '../../models/ope/tabular-rounds.ts';
import { Random } from '../../models/random.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { impression, insert, reward } from './rows.ts';

const SLATES = 60;
const USERS = 25;
const ITEMS = 6;
const VARIANTS = ['A', 'B'];
const random = new Random(11);

/** Slates of two or three different items, with made-up propensities and clicks. */
const slates = Array.from({ length: SLATES }, (_, i) => {
  const first = random.below(ITEMS);
  const length = 2 + random.below(2);
  const shown = Array.from({ length }, (_, position) => {
    const item = (first + position) % ITEMS;
    const propensity = 0.05 + 0.9 * random.next();
    // B never shows item 5, whatever was above it.
    const targetPropensities = [random.next(), item === 5 ? 0 : random.next()];
    return { item, propensity, targetPropensities, clicked: random.next() < 0.1 * item };
  });
  // Some come once, some often.
  return { id: `s${i}`, userId: `u${Math.floor(i ** 1.5) % USERS}`, shown };
});

let opened: TestWarehouse;

beforeAll(async () => {
  opened = await openTestWarehouse();
  const { warehouse } = opened;
  await createViews(warehouse);
  await insert(
    warehouse,
    'impressions',
    slates.map(({ id, userId, shown }) =>
      impression({
        impressionId: id,
        at: '2020-01-10 00:00:00.000',
        userId,
        variants: VARIANTS,
        shown: shown.map(({ item, propensity, targetPropensities }) => [
          `i${item}`,
          propensity,
          targetPropensities,
        ]),
      }),
    ),
  );
  const clicked = slates.flatMap(({ id, shown }) =>
    shown.filter((one) => one.clicked).map(({ item }) => reward(id, `i${item}`)),
  );
  await insert(warehouse, 'rewards', clicked);
});

afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

describe('ope_by_variant', () => {
  const rounds = slates.flatMap(({ shown }) =>
    shown.map((one, position) => ({ ...one, position })),
  );
  const log: TabularLog = {
    contexts: Int32Array.from(rounds, ({ position }) => position),
    actions: Int32Array.from(rounds, ({ item }) => item),
    rewards: Float64Array.from(rounds, ({ clicked }) => (clicked ? 1 : 0)),
    propensities: Float64Array.from(rounds, ({ propensity }) => propensity),
    contextCount: 3,
    actionCount: ITEMS,
  };

  it('is what TypeScript says, to 1e-9', async () => {
    const rows = await rowsOf<Record<string, number>>(
      opened.warehouse,
      'select * from ope_by_variant',
    );
    expect(rows.map(({ variant }) => variant)).toEqual(VARIANTS);
    for (const [column, row] of rows.entries()) {
      const targetPropensities = Float64Array.from(
        rounds,
        (one) => one.targetPropensities[column]!,
      );
      const own = targetRounds(log, targetPropensities, rewardTable(log));
      const diagnostics = diagnose(own.weights);
      expect(row.rounds).toBe(rounds.length);
      for (const name of ['ipw', 'snipw', 'dm', 'dr', 'sndr']) {
        const value = estimateOf(estimatorNamed(name)!.terms(own));
        expect(value).toBeGreaterThan(0);
        expect([name, row[name]]).toEqual([name, expect.closeTo(value, 10)]);
      }
      expect(row.ess).toBeCloseTo(diagnostics.effectiveSampleSize, 9);
      expect(row.meanWeight).toBeCloseTo(diagnostics.meanWeight, 10);
      expect(row.maxWeight).toBeCloseTo(diagnostics.maxWeight, 10);
      expect(row.overlap).toBeCloseTo(diagnostics.overlap, 10);
    }
  });

  it('tells the variants apart by more than rounding', async () => {
    const [a, b] = await rowsOf<{ dr: number }>(opened.warehouse, 'select dr from ope_by_variant');
    expect(Math.abs(a!.dr - b!.dr)).toBeGreaterThan(0.001);
  });
});

describe('millrace ope --log impressions', () => {
  const ask = (query: string) => queryOnce(query, { warehouse: opened.warehouse }, 'json');

  it('reads the same rounds, a user a cluster', async () => {
    const task = await impressionsTask(ask, 'B');
    const [row] = await rowsOf<Record<string, number>>(
      opened.warehouse,
      "select * from ope_by_variant where variant = 'B'",
    );
    for (const name of ['ipw', 'snipw', 'dm', 'dr', 'sndr']) {
      const value = estimateOf(estimatorNamed(name)!.terms(task.rounds));
      expect([name, value]).toEqual([name, expect.closeTo(row![name]!, 10)]);
    }
    expect(new Set(task.options.clusters).size).toBe(
      new Set(slates.map(({ userId }) => userId)).size,
    );
    const estimates = estimateAll(task.rounds, { ...task.options, seed: 1, resamples: 50 });
    // By users, as snips_by_variant has it: 1.96 standard errors to each side.
    const [snips] = await rowsOf<{ snips: number; low: number; high: number }>(
      opened.warehouse,
      "select * from snips_by_variant where variant = 'B'",
    );
    const named = (name: string) => estimates.find(({ estimator }) => estimator === name)!;
    const own = named('snipw');
    expect(own.value).toBeCloseTo(snips!.snips, 10);
    expect(snips!.high - snips!.snips).toBeCloseTo(1.96 * own.standardError, 9);
  });

  it('judges whole slates too: each click by the product of the weights down to it', async () => {
    const { options, rounds } = await impressionsTask(ask, 'A');
    let rips = 0;
    let whole = 0;
    for (const { shown } of slates) {
      const products = shown.map((_, last) =>
        shown
          .slice(0, last + 1)
          .reduce((w, one) => (w * one.targetPropensities[0]!) / one.propensity, 1),
      );
      rips += shown.reduce((sum, { clicked }, at) => sum + (clicked ? products[at]! : 0), 0);
      whole += products.at(-1)! * shown.filter(({ clicked }) => clicked).length;
    }
    const estimates = estimateAll(rounds, { ...options, seed: 1, resamples: 20 });
    const shown = slates.reduce((sum, one) => sum + one.shown.length, 0);
    const named = (name: string) => estimates.find(({ estimator }) => estimator === name)!.value;
    expect(named('rips')).toBeCloseTo(rips / shown, 10);
    expect(named('slate-ipw')).toBeCloseTo(whole / shown, 10);
    const [row] = await rowsOf<{ rips: number }>(
      opened.warehouse,
      "select rips from ope_by_variant where variant = 'A'",
    );
    expect(row!.rips).toBeCloseTo(rips / shown, 10);
  });

  it('names the policies there are, whatever the name asked for has in it', async () => {
    await expect(impressionsTask(ask, "C' or 1 = 1 --\\")).rejects.toMatchObject({
      code: 'ope-policy-unknown',
      why: 'Their target propensities are of: A, B.',
    });
  });
});

describe('slates with propensities that nothing was drawn with', () => {
  const all = () =>
    rowsOf<Record<string, number>>(opened.warehouse, 'select * from ope_by_variant');
  const slateOf = (impressionId: string, propensity: number) =>
    impression({
      ...{ impressionId, at: '2020-01-11 00:00:00.000', userId: 'odd', variants: VARIANTS },
      shown: [['i1', propensity, [0.5, 0.5]]],
    });

  it('are counted, and judge nobody; a weight beyond 10,000 is truncated', async () => {
    const before = await all();
    const wrong = [0, -0.5, 1.5].map((propensity, i) => slateOf(`wrong-${i}`, propensity));
    await insert(opened.warehouse, 'impressions', wrong);
    // No slate is added to those that are judged.
    expect(await all()).toEqual(before);
    await expect(
      impressionsTask((query) => queryOnce(query, { warehouse: opened.warehouse }, 'json'), 'A'),
    ).resolves.toMatchObject({ unreadable: 0 });
    await insert(opened.warehouse, 'impressions', [slateOf('tiny', 1e-300)]);
    await insert(opened.warehouse, 'rewards', [reward('tiny', 'i1')]);
    const after = await all();
    for (const [i, { rounds, ipw, maxWeight }] of after.entries()) {
      expect([rounds, maxWeight]).toEqual([before[i]!.rounds! + 1, 10_000]);
      expect(ipw! - before[i]!.ipw!).toBeLessThanOrEqual(10_000 / rounds!);
    }
    expect(
      await rowsOf(opened.warehouse, 'select impossible, truncated from impossible_propensities'),
    ).toEqual([{ impossible: 3, truncated: 1 }]);
  });
});
