// The views on intents and on what the audit counted, against values worked out by hand.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { insert } from './rows.ts';

let opened: TestWarehouse;
const view = (name: string) => rowsOf(opened.warehouse, `select * from ${name}`);

const intent = (userId: string, day: number, offset: number, wanted: string[]) => ({
  hash: `${userId}-${day}`,
  _key: `${userId}-${day}`,
  userId,
  at: `2020-01-${String(day).padStart(2, '0')} 00:00:00.000`,
  model: 'm',
  wanted,
  avoid: [],
  confidence: 0.75,
  vector: [],
  mood: 'dark',
  constraints: ['Crime'],
  uncertainty: 0.25,
  removed: 2,
  latencyMs: 900,
  tokens: 31,
  _partition: 0,
  _offset: offset,
});

const finding = (kind: string, name: string, value: number, count: number, offset: number) => ({
  at: `2020-01-0${1 + (offset % 9)} 00:00:00.000`,
  kind,
  component: 'reason',
  name,
  value,
  count,
  _partition: 0,
  _offset: offset,
});

beforeAll(async () => {
  opened = await openTestWarehouse();
  await createViews(opened.warehouse);
});

afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

it('latest_intents: the latest of each user, newest first', async () => {
  expect(await view('latest_intents')).toEqual([]);
  await insert(opened.warehouse, 'intents', [
    intent('u1', 10, 0, ['Crime']),
    intent('u2', 12, 1, ['War']),
    intent('u1', 11, 2, ['Drama', 'Crime']),
  ]);
  const rest = {
    avoid: [],
    mood: 'dark',
    constraints: ['Crime'],
    confidence: 0.75,
    uncertainty: 0.25,
    removed: 2,
    model: 'm',
    latencyMs: 900,
    tokens: 31,
  };
  expect(await view('latest_intents')).toEqual([
    { at: '2020-01-12 00:00:00.000', userId: 'u2', wanted: ['War'], ...rest },
    { at: '2020-01-11 00:00:00.000', userId: 'u1', wanted: ['Drama', 'Crime'], ...rest },
  ]);
});

it('audit_counts: summed by kind, component and name; findings of other kinds left out', async () => {
  expect(await view('audit_counts')).toEqual([]);
  await insert(opened.warehouse, 'audit', [
    finding('hallucination', 'unborne', 5, 16, 0),
    finding('hallucination', 'unborne', 3, 16, 1),
    finding('hallucination', 'unborne', 3, 16, 1),
    finding('hallucination', 'unknown', 0, 16, 2),
    finding('privacy', 'email', 4, 16, 3),
    finding('fidelity', 'auc', 0.7, 100, 4),
    finding('judgement', 'replaced', 6, 16, 4),
  ]);
  const of = (kind: string, name: string, found: number, looked: number, day: number) => ({
    kind,
    component: 'reason',
    name,
    found,
    looked,
    rate: found / looked,
    lastAt: `2020-01-0${day} 00:00:00.000`,
  });
  expect(await view('audit_counts')).toEqual([
    of('hallucination', 'unborne', 8, 32, 2),
    of('hallucination', 'unknown', 0, 16, 3),
    of('judgement', 'replaced', 6, 16, 5),
    of('privacy', 'email', 4, 16, 4),
  ]);
});
