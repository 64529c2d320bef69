// An experiment read from ClickHouse: users in their arms, what was known of them before, guardrails.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readExperiment } from '../../app/experiment/read.ts';
import { reportOf, reportText } from '../../app/experiment/report.ts';
import { queryOnce } from '../../infra/clickhouse/query-once.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { impression, insert, item, reward } from './rows.ts';

const PAIR = { candidate: 'new', incumbent: 'old' };
const SHARES = [
  { variant: 'new', share: 1 },
  { variant: 'old', share: 1 },
];

/** 120 users in turn in the two arms, of one to three slates; in `new` two of three click, in `old` one. */
const people = Array.from({ length: 120 }, (_, i) => ({
  userId: `u${i}`,
  variant: i % 2 === 0 ? 'new' : 'old',
  slates: 1 + (i % 3),
  clicks: i % 2 === 0 ? (i % 3 === 0 ? 0 : 1) : i % 3 === 0 ? 1 : 0,
  earlier: [i % 4 === 0, true],
}));

let opened: TestWarehouse;

beforeAll(async () => {
  opened = await openTestWarehouse();
  const { warehouse } = opened;
  await createViews(warehouse);
  const slates = people.flatMap(({ userId, variant, slates: count }) =>
    Array.from({ length: count }, (_, n) =>
      impression({
        impressionId: `${userId}-${n}`,
        at: `2020-01-10 00:0${n}:00.000`,
        userId,
        variant,
        latencyMs: variant === 'new' ? 3 : 1,
        shown: [
          [variant === 'new' ? 'a' : `b${n}`, 0.5, []],
          ['c', 0.5, []],
        ],
      }),
    ),
  );
  await insert(warehouse, 'impressions', slates);
  const clicks = people
    .filter((one) => one.clicks > 0)
    .map(({ userId, variant }) =>
      reward(`${userId}-0`, 'c', true, { userId, variant, at: '2020-01-10 00:01:00.000' }),
    );
  const earlier = people.flatMap(({ userId, earlier: all }) =>
    all.map((positive, n) =>
      reward(`log-${userId}-${n}`, 'a', positive, { userId, at: '2020-01-01 00:00:00.000' }),
    ),
  );
  // Feedback outside the experiment, but after its first slate: says nothing of what was before.
  const later = reward('log-later', 'a', false, { userId: 'u1', at: '2020-02-01 00:00:00.000' });
  await insert(warehouse, 'rewards', [...clicks, ...earlier, later]);
  await insert(warehouse, 'items', [
    item('a', 'A', ['g']),
    item('c', 'C', ['h']),
    ...[0, 1, 2].map((n) => item(`b${n}`, 'B', ['g'])),
  ]);
});

afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

it('experiment_waits says why a candidate stays', async () => {
  await insert(opened.warehouse, 'audit', [
    {
      ...item('x', ''),
      ...{ kind: 'promotion', component: 'promote-new-over-old', at: '2020-01-10 00:00:00.000' },
      ...{ name: 'gate: too few users', value: 12, count: 40 },
    },
  ]);
  expect(await rowsOf(opened.warehouse, 'select * from experiment_waits')).toEqual([
    {
      ...{ at: '2020-01-10 00:00:00.000', experimentId: 'new-over-old', phase: 'gate' },
      ...{ reason: 'too few users', users: 12, slates: 40 },
    },
  ]);
});

describe('millrace experiment', () => {
  const read = () =>
    readExperiment((query) => queryOnce(query, { warehouse: opened.warehouse }, 'json'), 'logged');

  it('has users in their arms, with their slates, rewards and rates before', async () => {
    const { arms, chosen } = await read();
    expect([...arms.keys()]).toEqual(['new', 'old']);
    const now = arms.get('new');
    const own = people.filter(({ variant }) => variant === 'new');
    const sum = (of: (one: (typeof people)[number]) => number) =>
      own.reduce((total, one) => total + of(one), 0);
    expect(now!.moments.users).toBe(60);
    expect(now!.moments.slates).toBe(sum(({ slates }) => slates));
    expect(now!.moments.mean).toBeCloseTo(40 / sum(({ slates }) => slates), 12);
    // Of u0, u4, … both were liked, of the others one of two: (2 + 1) / 4 and (1 + 1) / 4.
    expect(now!.moments.covariateMean).toBeCloseTo((0.75 + 0.5) / 2, 12);
    expect(arms.get('old')!.moments.covariateMean).toBeCloseTo(0.5, 12);
    expect(now!.latencyMs).toBe(3);
    expect(now!.items).toEqual(
      new Map([
        ['a', now!.moments.slates],
        ['c', now!.moments.slates],
      ]),
    );
    expect(chosen).toEqual(new Map([['g', 150]]));
  });

  it('says which earns more, and what is broken', async () => {
    const report = reportOf(await read(), PAIR, SHARES, {});
    expect(report.sampleRatio.chiSquareP).toBe(1);
    expect(report.guardrails.map(({ name, broken }) => [name, broken])).toEqual([
      ['latency', false],
      ['coverage', false],
      ['groups', false],
    ]);
    // What is left of a user's clicks over the mean of two slates, for one, two and three slates:
    // −1/6, 1/6, 0 in `new` and 5/12, −1/6, −1/4 in `old`; twenty users each, over 59 and 60.
    const standardError = Math.sqrt(((2 / 36 + 38 / 144) * 20) / 59 / 60);
    for (const found of [report.difference, report.unadjusted]) {
      // Who liked more before had neither more slates nor more clicks: there is nothing to adjust.
      expect(found!.estimate).toBeCloseTo(40 / 120 - 20 / 120, 12);
      expect(found!.standardError).toBeCloseTo(standardError, 12);
    }
    expect(report.difference!.low).toBeGreaterThan(0);
    expect(report.verdict).toBe('better');
    expect(reportText(report)).toMatch(/\nverdict: better$/);
    const turned = reportOf(await read(), { candidate: 'old', incumbent: 'new' }, SHARES, {});
    expect(turned.verdict).toBe('worse');
    const skewed = [
      { variant: 'new', share: 9 },
      { variant: 'old', share: 1 },
    ];
    expect(reportOf(await read(), PAIR, skewed, {}).verdict).toBe('sample-ratio');
  });

  it('names the arms there are', async () => {
    const all = await read();
    const other = { candidate: 'other', incumbent: 'old' };
    expect(() => reportOf(all, other, SHARES, {})).toThrow('No slate was served by');
  });
});
