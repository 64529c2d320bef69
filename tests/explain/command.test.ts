// `millrace explain` as its user runs it, on reasons that are kept.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readLiked, readSlate } from '../../app/explain/read.ts';
import { openClickHouse } from '../../infra/clickhouse/open.ts';
import { queryOnce } from '../../infra/clickhouse/query-once.ts';
import { createTables } from '../../infra/clickhouse/tables.ts';
import { impression, insert, item, reward } from '../clickhouse/rows.ts';
import { millrace } from '../support/millrace.ts';

const data = mkdtempSync(join(tmpdir(), 'millrace-explain-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

const reason = (itemId: string, text: string, offset: number) => ({
  hash: `h${itemId}`,
  _key: `h${itemId}`,
  impressionId: "i'1",
  itemId,
  at: '2020-01-10 00:00:00.000',
  model: 'fake',
  text,
  citedItems: ['c'],
  citedGroups: ['Crime'],
  userId: 'u1',
  citedAttributes: ['year=1995'],
  score: 2.5,
  removed: 1,
  latencyMs: 3,
  tokens: 4,
  _partition: 0,
  _offset: offset,
});

beforeAll(async () => {
  mkdirSync(data, { recursive: true });
  await using warehouse = await openClickHouse({ path: join(data, 'clickhouse') });
  await createTables(warehouse);
  await insert(warehouse, 'impressions', [
    impression({
      impressionId: "i'1",
      at: '2020-01-10 00:00:00.000',
      tier: 'llm',
      shown: [
        ['a', 0.5, []],
        ['b', 0.5, []],
      ],
      rules: {
        'rules.ruleId': ['launch', 'season', 'unused'],
        'rules.kind': ['pin', 'boost', 'boost'],
        'rules.outcome': ['acted', 'acted', 'idle'],
        'rules.removed': [0, 0, 0],
        'rules.positions': [[1], [0, 1], []],
        'rules.moved': [1, 0, 0],
      },
    }),
  ]);
  await insert(warehouse, 'items', [
    item('a', 'Heat (1995)', ['Crime']),
    item('b', 'Usual Suspects, The (1995)', ['Crime']),
    item('c', 'Casino (1995)', ['Crime']),
    item('d', 'Babe (1995)'),
  ]);
  await insert(warehouse, 'explanations', [
    reason('a', 'Before.', 0),
    reason('a', 'You liked Casino (1995).', 1),
    { ...reason('b', 'It is Crime.', 2), score: null, citedItems: [], removed: 0 },
  ]);
  const before = { at: '2020-01-09 00:00:00.000', source: 'logged' };
  await insert(warehouse, 'rewards', [
    reward('e1', 'd', true, { ...before, at: '2020-01-09 01:00:00.000' }),
    reward('e1', 'c', true, before),
    reward('e1', 'a', false, before),
    reward('e1', 'a', true, { ...before, source: 'simulated' }),
    reward("i'1", 'b', true, { at: '2020-01-10 00:00:02.000', source: 'logged' }),
  ]);
  // What was liked before the slate, oldest first: nothing later, simulated or disliked.
  const ask = (query: string) => queryOnce(query, { warehouse }, 'json');
  const liked = await readLiked(ask, await readSlate(ask, "i'1"));
  expect(liked.map(({ itemId }) => itemId)).toEqual(['c', 'd']);
}, 60_000);

async function run(...args: string[]) {
  const started = millrace(['--data-dir', data, 'explain', ...args]);
  const code = await started.ended;
  return { code, ...started.output };
}

describe('millrace explain', () => {
  it('prints the reasons with what they lean on', async () => {
    const { code, out } = await run("i'1");
    expect(code).toBe(0);
    expect(out).toBe(`i'1: user u1, 2020-01-10T00:00:00.000Z, p, llm tier

1. Heat (1995)
   You liked Casino (1995).
   rules: boosted by season
   liked: Casino (1995)
   groups: Crime
   attributes: year=1995
   PMI: 2.50 nats
   taken out: 1 false
   by: fake

2. The Usual Suspects (1995)
   It is Crime.
   rules: pinned by launch, boosted by season
   groups: Crime
   attributes: year=1995
   by: fake
`);
  });

  it('prints one item as one line of JSON', async () => {
    const { out } = await run("i'1", '--item', 'a', '--json');
    const { reasons, ...slate } = JSON.parse(out);
    expect(slate).toMatchObject({ impressionId: "i'1", userId: 'u1', itemIds: ['a', 'b'] });
    expect(reasons).toEqual([
      {
        itemId: 'a',
        title: 'Heat (1995)',
        model: 'fake',
        text: 'You liked Casino (1995).',
        citedItems: [{ itemId: 'c', title: 'Casino (1995)' }],
        citedGroups: ['Crime'],
        citedAttributes: ['year=1995'],
        score: 2.5,
        removed: 1,
      },
    ]);
  });

  it.each([
    ['impression-unknown', 'nobody'],
    ['item-not-shown', "i'1", '--item', 'z'],
  ])('fails with %s', async (expected, ...args) => {
    const { code, err } = await run(...args);
    expect(code).toBe(1);
    expect(err).toContain(`Error (${expected})`);
  });
});
