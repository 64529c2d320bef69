// The views on diversity, fairness, popularity and process, against values worked out by hand: first three
// slates and their histories, then what happens where there is nothing.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { impression, insert, item, reward } from './rows.ts';

let opened: TestWarehouse;
const view = (name: string) =>
  rowsOf<Record<string, unknown>>(opened.warehouse, `select * from ${name}`);
const near = (value: number) => expect.closeTo(value, 9);

const slate = (
  impressionId: string,
  at: string,
  userId: string,
  variant: string,
  items: string[],
) =>
  impression({
    ...{ impressionId, at: `${at}.000`, userId, variant },
    shown: items.map((one) => [one, 0.5, []]),
  });

/** What a user chose outside of the slates. */
const chose = (userId: string, itemId: string) =>
  reward(`log-${userId}-${itemId}`, itemId, true, { userId, at: '2020-01-01 00:00:00.000' });

// Variant A: u1 sees x y, later x z (40 minutes after, clicks x), u2 sees x w. B: u3 sees y z, no click.
// Histories: u1 x; u2 x, y; u3 z; u4, who was shown nothing, x.
beforeAll(async () => {
  opened = await openTestWarehouse();
  const { warehouse } = opened;
  await createViews(warehouse);
  await insert(warehouse, 'items', [
    item('x', 'X', ['drama']),
    item('y', 'Y', ['drama', 'war']),
    item('z', 'Z', ['war']),
    item('w', 'W'),
    item('q', 'Q', ['comedy']),
  ]);
  await insert(warehouse, 'impressions', [
    slate('i1', '2020-01-10 10:00:00', 'u1', 'A', ['x', 'y']),
    slate('i2', '2020-01-10 10:40:00', 'u1', 'A', ['x', 'z']),
    slate('i3', '2020-02-01 00:00:00', 'u2', 'A', ['x', 'w']),
    slate('i4', '2020-01-10 10:00:00', 'u3', 'B', ['y', 'z']),
  ]);
  await insert(warehouse, 'rewards', [
    ...[chose('u1', 'x'), chose('u2', 'x'), chose('u2', 'y'), chose('u3', 'z'), chose('u4', 'x')],
    reward('i1', 'y', false, { variant: 'A' }),
    reward('i2', 'x', true, { variant: 'A', userId: 'u1' }),
    reward('i3', 'w', true, { variant: 'A', userId: 'u2' }),
    reward('i4', 'y', false, { variant: 'B', userId: 'u3' }),
  ]);
});

afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

describe('exposure', () => {
  // A: x 3, y 1, z 1, w 1, q 0 of 6. Mean 1.2, squares 12: CV = sqrt(12/5 - 1.44) / 1.2 = .8164966.
  // Gini: ranks 1 to 5 of 0 1 1 1 3: (-2 * 1 + 0 * 1 + 2 * 1 + 4 * 3) / (5 * 6) = .4.
  // B: y 1, z 1 of 2: mean .4, squares 2: sqrt(.4 - .16) / .4 = 1.2247449; Gini (2 + 4) / 10 = .6.
  const all = [
    {
      ...{ variant: 'A', shown: 6, distinctItems: 4, catalogue: 5 },
      ...{ divRatio: near(4 / 6), orRatio: near(5 / 6), cv: near(Math.sqrt(2 / 3)) },
      ...{ coverage: 0.8, gini: near(0.4) },
    },
    {
      ...{ variant: 'B', shown: 2, distinctItems: 2, catalogue: 5 },
      ...{ divRatio: 1, orRatio: 1, cv: near(Math.sqrt(1.5)), coverage: 0.4, gini: near(0.6) },
    },
  ];

  it('exposure_by_variant', async () => {
    expect(await view('exposure_by_variant')).toEqual(all);
  });

  it('exposure_over_time: A showed x twice, y, z in January', async () => {
    const months = await view('exposure_over_time');
    expect(months).toHaveLength(3);
    expect(months[0]).toMatchObject({
      ...{ variant: 'A', bucket: '2020-01-01', shown: 4, distinctItems: 3, divRatio: 0.75 },
      ...{ orRatio: 1, coverage: 0.6 },
    });
    expect(months[1]).toMatchObject({ variant: 'A', bucket: '2020-02-01', shown: 2, divRatio: 1 });
    expect(months[2]).toEqual({ ...all[1], bucket: '2020-01-01' });
  });
});

describe('unfairness', () => {
  // First items only, k = 1. A shows x x x: drama 1; u1 and u2 chose x, x, y.
  //   whole: drama 3, war 1 of 4: GU drama .25, war -.25; shared: drama 2.5, war .5 of 3: 1/6, -1/6.
  // B shows y: whole drama 1/2, war 1/2; u3 chose z: war. GU drama .5, war -.5, in either counting.
  it('unfairness_by_group', async () => {
    const rows = await view('unfairness_by_group');
    expect(rows).toHaveLength(8);
    expect(rows.slice(0, 4)).toEqual([
      {
        variant: 'A',
        k: 1,
        counting: 'shared',
        group: 'drama',
        shownShare: 1,
        chosenShare: near(5 / 6),
        gu: near(1 / 6),
      },
      {
        variant: 'A',
        k: 1,
        counting: 'shared',
        group: 'war',
        shownShare: 0,
        chosenShare: near(1 / 6),
        gu: near(-1 / 6),
      },
      {
        variant: 'A',
        k: 1,
        counting: 'whole',
        group: 'drama',
        shownShare: 1,
        chosenShare: 0.75,
        gu: 0.25,
      },
      {
        variant: 'A',
        k: 1,
        counting: 'whole',
        group: 'war',
        shownShare: 0,
        chosenShare: 0.25,
        gu: -0.25,
      },
    ]);
  });

  it('unfairness_by_variant: MGU and DGU, K in the name', async () => {
    const of = (variant: string, counting: string, mgu: number) => ({
      ...{ variant, mguName: 'MGU@1', dguName: 'DGU@1', k: 1, counting, groups: 2 },
      ...{ mgu: near(mgu), dgu: near(2 * mgu) },
    });
    expect(await view('unfairness_by_variant')).toEqual([
      of('A', 'shared', 1 / 6),
      of('A', 'whole', 1 / 4),
      of('B', 'shared', 1 / 2),
      of('B', 'whole', 1 / 2),
    ]);
  });

  it('unfairness_over_time: in February u2 alone was shown x', async () => {
    const rows = await view(
      "unfairness_over_time where bucket = '2020-02-01' and counting = 'whole'",
    );
    // u2 chose x, y: drama 2, war 1 of 3.
    expect(rows).toEqual([
      {
        variant: 'A',
        bucket: '2020-02-01',
        k: 1,
        counting: 'whole',
        groups: 2,
        mgu: near(1 / 3),
        dgu: near(2 / 3),
      },
    ]);
  });
});

describe('popularity', () => {
  // Four users chose: x by u1, u2, u4; y by u2; z by u3; w by u2. phi x 3/4, the others 1/4.
  // Bits: x -log2(3/4) = .4150375, the others 2. A: 3 of x, 3 of others; B: 2 of others.
  // GAP of A: u1 saw x y x z (.5), u2 x w (.5): .5; chose x (.75) and x, y (.5): .625. lift = -.2.
  // B: u3 saw y z (.25) and chose z (.25): 0.
  const bits = -Math.log2(3 / 4);

  it('popularity_by_variant', async () => {
    expect(await view('popularity_by_variant')).toEqual([
      {
        variant: 'A',
        shown: 6,
        novelty: near((3 * bits + 6) / 6),
        gapShown: 0.5,
        gapChosen: 0.625,
        popularityLift: near(-0.2),
      },
      { variant: 'B', shown: 2, novelty: 2, gapShown: 0.25, gapChosen: 0.25, popularityLift: 0 },
    ]);
  });

  it('popularity_over_time: A in February, x and w to u2', async () => {
    expect(await view("popularity_over_time where bucket = '2020-02-01'")).toEqual([
      {
        variant: 'A',
        bucket: '2020-02-01',
        shown: 2,
        novelty: near((bits + 2) / 2),
        gapShown: 0.5,
        gapChosen: 0.5,
        popularityLift: 0,
      },
    ]);
  });

  it('serendipity_by_variant: x is among the two most popular, w is not; x, then w', async () => {
    // As many users: w, y, z in this order; so the baseline shows x and w, and A's clicks are both in it.
    expect(await view('serendipity_by_variant')).toEqual([
      { variant: 'A', source: 'logged', clicks: 2, beyond: 0, serendipity: 0 },
      { variant: 'B', source: 'logged', clicks: 0, beyond: 0, serendipity: null },
    ]);
    await insert(opened.warehouse, 'impressions', [
      slate('i5', '2020-03-01 00:00:00', 'u2', 'C', ['y', 'w']),
      slate('i6', '2020-03-01 00:00:00', 'u2', 'C', ['z']),
    ]);
    await insert(opened.warehouse, 'rewards', [
      reward('i5', 'y', true, { variant: 'C', userId: 'u2' }),
      reward('i5', 'w', true, { variant: 'C', userId: 'u2' }),
      reward('i6', 'z', true, { variant: 'C', userId: 'u2' }),
    ]);
    // By users now: x (3), z (u2, u3), w, y. At k = 2 neither y nor w is shown by the baseline, at k = 1 not z.
    expect(await view("serendipity_by_variant where variant = 'C'")).toEqual([
      { variant: 'C', source: 'logged', clicks: 3, beyond: 3, serendipity: 1 },
    ]);
  });
});

describe('bias mitigation', () => {
  // A: k = 2. By users x 3, z 2, w 1, y 1 of 4: the baseline shows x and z, phi (.75 + .5) / 2 = .625.
  // GAP of A's choices: u1 x .75, u2 x y .5: .625, so the baseline's lift is 0: no score by it.
  // ORRatio 5/6 of min(3, 2) / 2 = 1; Gini .4 of 1 - 2/5 = .6.
  it('is what is left out of the bias of showing everybody the most popular', async () => {
    expect(await view("bias_mitigation_by_variant where variant = 'A'")).toMatchObject([
      {
        ...{ k: 2, baselineLift: near(0), baselineOrRatio: 1, baselineGini: near(0.6) },
        ...{ liftScore: null, orRatioScore: near(1 / 6), giniScore: near(1 / 3) },
        score: near(0.25),
      },
    ]);
  });
});

describe('process', () => {
  it('turns_by_variant: u1 came back after 40 minutes', async () => {
    expect(await view("turns_by_variant where variant in ('A', 'C')")).toEqual([
      {
        ...{ variant: 'A', source: 'logged', sessions: 3, turns: 1 },
        ...{ rewardPerSession: near(2 / 3), rewardPerTurn: near(2 / 3) },
      },
      {
        ...{ variant: 'C', source: 'logged', sessions: 1, turns: 2 },
        ...{ rewardPerSession: 3, rewardPerTurn: 1.5 },
      },
    ]);
  });

  it('moving_reward: of three slates a window of one', async () => {
    const rows = await view("moving_reward where variant = 'A'");
    expect(rows.map(({ impressions, level }) => [impressions, level])).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
    ]);
  });

  it('convergence_by_variant: A from its second slate on; B earned nothing and came to no level', async () => {
    expect(await view("convergence_by_variant where variant in ('A', 'B')")).toEqual([
      { variant: 'A', source: 'logged', impressions: 3, window: 1, final: 1, convergedAt: 2 },
      { variant: 'B', source: 'logged', impressions: 1, window: 1, final: 0, convergedAt: null },
    ]);
  });
});
