// The views on rules of the shop, and those that judge policies beside pinned items, worked out by hand.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { impression, insert, item, reward, type ShownSlate } from './rows.ts';

let opened: TestWarehouse;
const ask = (query: string) => rowsOf<Record<string, unknown>>(opened.warehouse, query);

type Effect = [ruleId: string, outcome: string, removed?: number, at?: number[], moved?: number];

const kinds: Record<string, string> = { gone: 'exclude', top: 'pin', shoes: 'boost' };

const ruled = (slate: ShownSlate, effects: Effect[]) => ({
  ...impression(slate),
  'rules.ruleId': effects.map(([ruleId]) => ruleId),
  'rules.kind': effects.map(([ruleId]) => kinds[ruleId]),
  'rules.outcome': effects.map(([, outcome]) => outcome),
  'rules.removed': effects.map(([, , removed = 0]) => removed),
  'rules.positions': effects.map(([, , , at = []]) => at),
  'rules.moved': effects.map(([, , , , moved = 0]) => moved),
});

const rule = (ruleId: string, rest: Record<string, unknown> = {}) => ({
  ...{ ruleId, kind: kinds[ruleId] ?? 'exclude', at: '2020-01-01 00:00:00.000', owner: 'people' },
  ...{ _key: ruleId, _partition: 0, _offset: 0 },
  ...rest,
});

const at = '2020-01-10 00:00:00.000';
const variants = ['A', 'B'];

beforeAll(async () => {
  opened = await openTestWarehouse();
  const { warehouse } = opened;
  await createViews(warehouse);
  const pinned: ShownSlate['shown'][number] = ['p', 1, [1, 1], 1];
  const slate = (impressionId: string, userId: string, shown: ShownSlate['shown']) => ({
    ...{ impressionId, userId, at, variant: 'A', variants, shown },
  });
  await insert(warehouse, 'impressions', [
    ruled(slate('i1', 'u1', [pinned, ['x', 0.5, [0.5, 0.25]]]), [
      ['top', 'acted', 0, [0], 1],
      ['gone', 'acted', 2],
      ['shoes', 'acted', 0, [1], 0],
    ]),
    ruled(slate('i2', 'u2', [pinned, ['y', 0.25, [0.25, 0.5]]]), [
      ['top', 'acted', 0, [0], 0],
      ['gone', 'idle'],
      ['shoes', 'heldOut'],
    ]),
    ruled(slate('i3', 'u3', [['x', 0.5, [0.5, 0.5]]]), [
      ['top', 'unmet'],
      ['shoes', 'acted', 0, [0], 1],
    ]),
    ruled(slate('i4', 'u4', [['y', 0.5, [0.5, 0.5]]]), [
      ['top', 'lost'],
      ['shoes', 'heldOut'],
    ]),
    ruled(slate('i5', 'u5', []), [['gone', 'acted', 7]]),
  ]);
  // Clicked: the pinned item and x of the first slate, x of the third, y of the fourth.
  await insert(warehouse, 'rewards', [
    ...[reward('i1', 'p'), reward('i1', 'x'), reward('i3', 'x'), reward('i4', 'y')],
  ]);
  await insert(warehouse, 'items', [item('p', 'P', ['shoes']), item('x', 'X')]);
  await insert(warehouse, 'rules', [
    rule('top', { items: ['p'] }),
    rule('gone', { items: ['x', 'nothing'], groups: ['shoes', 'hats'] }),
    rule('never'),
  ]);
});
afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

describe('rule_effects', () => {
  it('has a row for each rule: what it did, and what was clicked where it acted and where not', async () => {
    const rows = await ask(
      `select ruleId, kind, source, isKept, requests, acted, idle, heldOut, lost, unmet, emptied,
        removed, positions, moved, ctrActed, ctrIdle
      from rule_effects where ruleId != 'shoes'`,
    );
    const none = { idle: 0, heldOut: 0, lost: 0, unmet: 0, emptied: 0, removed: 0 };
    expect(rows).toEqual([
      {
        ...none,
        ...{ ruleId: 'gone', kind: 'exclude', source: 'logged', isKept: 1, requests: 3, acted: 2 },
        ...{ idle: 1, emptied: 1, removed: 9, positions: 0, moved: 0, ctrActed: 1, ctrIdle: 0 },
      },
      {
        ...none,
        ...{ ruleId: 'never', kind: 'exclude', source: '', isKept: 1, requests: 0, acted: 0 },
        ...{ positions: 0, moved: 0, ctrActed: null, ctrIdle: null },
      },
      {
        ...none,
        ...{ ruleId: 'top', kind: 'pin', source: 'logged', isKept: 1, requests: 4, acted: 2 },
        ...{ lost: 1, unmet: 1, positions: 2, moved: 1, ctrActed: 0.5, ctrIdle: null },
      },
    ]);
  });

  it('compares the users of a rule with those of its hold-out, with an interval', async () => {
    const [row] = await ask(`select * from rule_effects where ruleId = 'shoes'`);
    // With it u1 clicked 2 of 2 and u3 1 of 1; without it u2 none of 2 and u4 1 of 1.
    expect(row).toMatchObject({ isKept: 0, requests: 4, acted: 2, heldOut: 2 });
    expect(row).toMatchObject({ ctrHolds: 1, ctrHeldOut: expect.closeTo(1 / 3, 12) });
    // Held out: A - ctr B is -2/3 and 2/3, so se² = 2 (8/9) / 9; with it everybody clicks all.
    const width = 1.96 * Math.sqrt((2 * (8 / 9)) / 9);
    expect(row!.lift).toBeCloseTo(2 / 3, 12);
    expect(row!.low).toBeCloseTo(2 / 3 - width, 12);
    expect(row!.high).toBeCloseTo(2 / 3 + width, 12);
  });

  it('gives no comparison to a rule without a hold-out', async () => {
    const rows = await ask(
      `select ctrHolds, ctrHeldOut, lift, low, high from rule_effects where ruleId = 'top'`,
    );
    expect(rows).toEqual([{ ctrHolds: null, ctrHeldOut: null, lift: null, low: null, high: null }]);
  });
});

describe('rule_problems', () => {
  it('says what a rule names and the catalogue does not know', async () => {
    expect(await ask('select * from rule_problems')).toEqual([
      { ruleId: 'gone', kind: 'exclude', field: 'groups', name: 'hats' },
      { ruleId: 'gone', kind: 'exclude', field: 'items', name: 'nothing' },
    ]);
  });
});

describe('a pinned item', () => {
  it('is no round of any variant, and is in the click-through rate', async () => {
    const rounds = await ask(
      `select impressionId, itemId, position, w from _served_rounds where variant = 'B'
      order by impressionId`,
    );
    expect(rounds).toEqual([
      { impressionId: 'i1', itemId: 'x', position: 1, w: 0.5 },
      { impressionId: 'i2', itemId: 'y', position: 1, w: 2 },
      { impressionId: 'i3', itemId: 'x', position: 0, w: 1 },
      { impressionId: 'i4', itemId: 'y', position: 0, w: 1 },
    ]);
    expect(await ask('select shown, clicks from ctr_by_variant')).toEqual([
      { shown: 6, clicks: 4 },
    ]);
  });
});
