// The views and models/metrics on the same drawn events: equal, figure by figure.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { convergence } from '../../models/metrics/convergence.ts';
import { exposureFigures } from '../../models/metrics/exposure.ts';
import {
  type GroupCounting,
  groupCounts,
  groupUnfairness,
} from '../../models/metrics/group-unfairness.ts';
import {
  mitigation,
  mostPopular,
  novelty,
  type Popularity,
  popularityLift,
  serendipity,
} from '../../models/metrics/popularity-bias.ts';
import { turnFigures } from '../../models/metrics/turns.ts';
import { Random } from '../../models/random.ts';
import { sessionGapMs } from '../../models/user/track.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { impression, insert, item, reward } from './rows.ts';

const random = new Random(7);
const pick = <T>(values: readonly T[]) => values[random.below(values.length)]!;
const ids = (letter: string, n: number) => Array.from({ length: n }, (_, i) => `${letter}${i}`);

const users = ids('u', 12);
const items = ids('i', 30);
const variants = ['A', 'B', 'C'];
const groups = new Map(
  items.map((id) => [id, ids('g', 5).filter(() => random.next() < 0.35)] as const),
);

interface Slate {
  readonly id: string;
  readonly variant: string;
  readonly userId: string;
  readonly at: number;
  readonly items: readonly string[];
  readonly clicked: ReadonlySet<string>;
}

const begin = Date.UTC(2021, 0, 20);
const slates = ids('s', 400).map((id): Slate => {
  const size = pick([1, 5, 6, 10]);
  const shown = new Set<string>();
  while (shown.size < size) shown.add(items[Math.floor(items.length * random.next() ** 2)]!);
  const variant = pick(variants);
  const clicks = [...shown].filter(() => variant !== 'C' && random.next() < 0.2);
  return {
    ...{ id, variant, userId: pick(users), at: begin + random.below(30 * 86_400_000) },
    ...{ items: [...shown], clicked: new Set(clicks) },
  };
});
/** What users chose by themselves; the last two of them nothing. */
const chosen = new Map(
  users.map((user, i) => [user, i < 10 ? items.filter(() => random.next() < 0.2) : []] as const),
);

const popularity: Popularity = (() => {
  const pairs = [
    ...[...chosen].flatMap(([user, own]) => own.map((one) => [one, user] as const)),
    ...slates.flatMap(({ clicked, userId }) => [...clicked].map((one) => [one, userId] as const)),
  ];
  const byItem = Map.groupBy(pairs, ([one]) => one);
  return {
    usersOf: new Map([...byItem].map(([one, own]) => [one, new Set(own.map(([, u]) => u)).size])),
    users: new Set(pairs.map(([, user]) => user)).size,
  };
})();

let opened: TestWarehouse;
const view = (query: string) =>
  rowsOf<Record<string, number | string | null>>(opened.warehouse, `select * from ${query}`);

beforeAll(async () => {
  opened = await openTestWarehouse();
  const { warehouse } = opened;
  await createViews(warehouse);
  await insert(
    warehouse,
    'items',
    items.map((id) => item(id, id, [...groups.get(id)!])),
  );
  const time = (at: number) => new Date(at).toISOString().replace('T', ' ').slice(0, -1);
  await insert(
    warehouse,
    'impressions',
    slates.map(({ id, at, userId, variant, items: shown }) =>
      impression({
        ...{ impressionId: id, at: time(at), userId, variant },
        shown: shown.map((one) => [one, 0.5, []]),
      }),
    ),
  );
  await insert(warehouse, 'rewards', [
    ...[...chosen].flatMap(([userId, own]) =>
      own.map((one) => reward(`log-${userId}`, one, true, { userId })),
    ),
    ...slates.flatMap(({ id, userId, variant, items: shown, clicked }) =>
      shown.map((one) => reward(id, one, clicked.has(one), { userId, variant })),
    ),
  ]);
});
afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

const of = (variant: string) =>
  slates
    .filter((slate) => slate.variant === variant)
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
const month = (at: number) => `${new Date(at).toISOString().slice(0, 7)}-01`;
const counted = (shown: readonly Slate[]) =>
  items.map((id) => shown.filter((slate) => slate.items.includes(id)).length);
const close = (value: number | null | undefined) =>
  value === null || value === undefined || Number.isNaN(value) ? null : expect.closeTo(value, 9);

const tastes = (shown: readonly Slate[]) =>
  [...Map.groupBy(shown, ({ userId }) => userId)].map(([user, own]) => ({
    shown: own.flatMap((slate) => slate.items),
    chosen: chosen.get(user)!,
  }));

describe.each(variants)('variant %s', (variant) => {
  const own = of(variant);
  const months = [...Map.groupBy(own, ({ at }) => month(at))];

  it('exposure, for all time and by month', async () => {
    const expected = (shown: readonly Slate[]) => {
      const { shown: n, distinctItems, ...rest } = exposureFigures(counted(shown))!;
      const figures = Object.entries(rest).map(([name, value]) => [name, close(value)]);
      return { shown: n, distinctItems, ...Object.fromEntries(figures) };
    };
    const [all] = await view(`exposure_by_variant where variant = '${variant}'`);
    expect(all).toMatchObject(expected(own));
    const over = await view(`exposure_over_time where variant = '${variant}'`);
    expect(over).toHaveLength(months.length);
    for (const [bucket, shown] of months) {
      expect(over.find((row) => row.bucket === bucket)).toMatchObject(expected(shown));
    }
  });

  const unfairness = (shown: readonly Slate[], k: number, counting: GroupCounting) => {
    const long = shown.filter((slate) => slate.items.length >= k);
    const people = [...new Set(long.map(({ userId }) => userId))];
    const groupsOf = (id: string) => groups.get(id)!;
    return groupUnfairness(
      groupCounts(
        long.flatMap((slate) => slate.items.slice(0, k)),
        groupsOf,
        counting,
      ),
      groupCounts(
        people.flatMap((user) => chosen.get(user)!),
        groupsOf,
        counting,
      ),
    )!;
  };

  it('MGU and DGU at 1, 5 and 10, whole and shared', async () => {
    const rows = await view(`unfairness_by_variant where variant = '${variant}'`);
    expect(rows).toHaveLength(6);
    for (const { k, counting, mguName, dguName, mgu, dgu } of rows) {
      const expected = unfairness(own, Number(k), counting as GroupCounting);
      expect([mguName, dguName]).toEqual([`MGU@${k}`, `DGU@${k}`]);
      expect([mgu, dgu]).toEqual([close(expected.mgu), close(expected.dgu)]);
    }
    for (const [bucket, shown] of months) {
      const where = `variant = '${variant}' and bucket = '${bucket}' and k = 5 and counting = 'whole'`;
      const [row] = await view(`unfairness_over_time where ${where}`);
      expect(row!.mgu).toEqual(close(unfairness(shown, 5, 'whole').mgu));
    }
  });

  it('novelty and popularity lift', async () => {
    const [row] = await view(`popularity_by_variant where variant = '${variant}'`);
    const shown = own.flatMap((slate) => slate.items);
    expect(row).toMatchObject({
      shown: shown.length,
      novelty: close(novelty(shown, popularity)),
      popularityLift: close(popularityLift(tastes(own), popularity)),
    });
  });

  it('serendipity', async () => {
    const [row] = await view(`serendipity_by_variant where variant = '${variant}'`);
    const clicks = own.flatMap(({ items: { length: k }, clicked }) =>
      [...clicked].map((itemId) => ({ itemId, k })),
    );
    expect(row).toMatchObject({
      clicks: clicks.length,
      serendipity: close(serendipity(clicks, popularity)),
    });
  });

  it('bias mitigation', async () => {
    const [row] = await view(`bias_mitigation_by_variant where variant = '${variant}'`);
    const k = Math.max(...own.map((slate) => slate.items.length));
    const most = mostPopular(popularity).slice(0, k);
    const everywhere = tastes(own).map((taste) => ({ ...taste, shown: most }));
    const figures = exposureFigures(counted(own))!;
    const baseline = exposureFigures(items.map((id) => (most.includes(id) ? 1 : 0)))!;
    const lift = popularityLift(tastes(own), popularity);
    const scores = [
      mitigation(lift, popularityLift(everywhere, popularity)),
      mitigation(figures.orRatio, baseline.orRatio),
      mitigation(figures.gini, baseline.gini),
    ];
    expect(row).toMatchObject({
      ...{ k, liftScore: close(scores[0]), orRatioScore: close(scores[1]) },
      giniScore: close(scores[2]),
      score: close(scores.reduce((sum: number, one) => sum + one!, 0) / 3),
    });
  });

  it('turns', async () => {
    const [row] = await view(`turns_by_variant where variant = '${variant}'`);
    const turns = own.map(({ userId, at, clicked }) => ({ userId, at, reward: clicked.size }));
    const expected = turnFigures(turns, sessionGapMs)!;
    expect(row).toMatchObject({
      ...{ sessions: expected.sessions, turns: close(expected.turns) },
      rewardPerSession: close(expected.rewardPerSession),
      rewardPerTurn: close(expected.rewardPerTurn),
    });
  });

  it('convergence, and none where nothing was earned', async () => {
    const [row] = await view(`convergence_by_variant where variant = '${variant}'`);
    const earned = Float64Array.from(own, ({ clicked }) => clicked.size);
    const window = Math.floor(own.length / 5);
    const expected = convergence([earned], [earned.map(() => 1)], window);
    expect(row).toMatchObject({ impressions: own.length, window, convergedAt: close(expected) });
    expect(row!.convergedAt === null).toBe(variant === 'C');
  });
});
