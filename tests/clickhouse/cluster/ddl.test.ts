// The DDL of a cluster: parsed by the engine, and its views give on two shards what they give on one server.
// chDB has no second server, so two databases are the shards, and a table over both stands for Distributed.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shardColumn } from '../../../infra/clickhouse/layout.ts';
import { deleteRows, topicTables } from '../../../infra/clickhouse/tables.ts';
import { createViews, ddlOf, listViews } from '../../../infra/clickhouse/views.ts';
import { execute, rowsOf, type Warehouse } from '../../../infra/clickhouse/warehouse.ts';
import { openTestWarehouse, type TestWarehouse } from '../open.ts';
import { fillShop } from './rows.ts';

const ddl = await ddlOf({ database: 'shop', cluster: 'two' });
const shards = ['shop_shard0', 'shop_shard1'];
let opened: TestWarehouse;

/** A statement of the cluster as the engine of one process can carry it out. */
function onShards(statement: string): string[] {
  const local = statement
    .replace(" on cluster 'two'", '')
    .replace(/ReplicatedReplacingMergeTree\('[^']*', '\{replica\}'(?:, (\w+))?\)/, (_, version) =>
      version ? `ReplacingMergeTree(${version})` : 'ReplacingMergeTree',
    );
  const over = /Distributed\('two', 'shop_shard', '(\w+)'.*\)/s.exec(local);
  if (over)
    return [
      local
        .replace('shop_shard.', 'shop_shard0.')
        .replace(over[0], () => `Merge(REGEXP('^shop_shard[01]$'), '^${over[1]}$')`),
    ];
  return local.includes('shop_shard')
    ? shards.map((shard) => local.replaceAll('shop_shard', shard))
    : [local];
}

/** Puts the rows of the one server on the shards, each by the key of its Distributed table. */
async function share(): Promise<void> {
  const { warehouse } = opened;
  for (const statement of ddl) {
    const [, table, key] =
      /Distributed\('two', 'shop_shard', '(\w+)', (.*)\)$/.exec(statement) ?? [];
    if (!table) continue;
    for (const [i, shard] of shards.entries())
      await execute(
        warehouse,
        `insert into ${shard}.${table} select * from millrace.${table} where ${key} % 2 = ${i}`,
      );
  }
}

beforeAll(async () => {
  opened = await openTestWarehouse();
  const { warehouse } = opened;
  await createViews(warehouse);
  await fillShop(warehouse);
  for (const statement of ddl)
    for (const local of onShards(statement)) await execute(warehouse, local);
  await share();
  // Read a second time: every row lands on itself.
  await share();
}, 120_000);
afterAll(async () => await opened?.[Symbol.asyncDispose]());

describe('the DDL of a cluster', () => {
  it('is understood by the engine, statement by statement', async () => {
    for (const statement of ddl) {
      const tree = await rowsOf(opened.warehouse, `explain ast ${statement}`);
      expect(tree.length).toBeGreaterThan(0);
    }
  });

  it('says ON CLUSTER in every statement but `use`', () => {
    const without = ddl.filter((one) => !one.includes(" on cluster 'two'"));
    expect(without).toEqual(['use shop']);
  });

  it('keeps rows in replicated tables whose key begins with what says the shard', () => {
    const made = ddl.filter((one) => one.startsWith('create table'));
    expect(made).toHaveLength(topicTables.length + 3);
    for (const { of, table } of topicTables) {
      const statement = made.find((one) => one.includes(`shop_shard.${table} `));
      const key = shardColumn(of) ?? '_partition';
      expect(statement).toMatch(
        /engine = ReplicatedReplacingMergeTree\('\/clickhouse\/tables\/\{shard\}/,
      );
      expect(statement).toMatch(new RegExp(`order by \\(?\`?${key}\\b`));
    }
  });

  it('has rows deleted on every shard', async () => {
    const said: string[] = [];
    const client = { command: async ({ query }: { query: string }) => said.push(query) };
    const cluster = { client, database: 'shop', cluster: 'two' } as unknown as Warehouse;
    await deleteRows(cluster, 'items', "_key = 'x'");
    expect(said).toEqual(["delete from shop_shard.items on cluster 'two' where _key = 'x'"]);
    expect(await rowsOf(opened.warehouse, `explain ast ${said[0]}`)).not.toEqual([]);
  });

  it.each([
    ['impressions', 'userId'],
    ['rewards', 'userId'],
    ['examples', 'userId'],
    ['predictions', 'userId'],
    ['items', '_key'],
    ['explanations', '_key'],
    ['judgements', 'hash'],
  ])('has the rows of %s by %s', (table, key) => {
    const statement = ddl.find((one) =>
      one.includes(`Distributed('two', 'shop_shard', '${table}'`),
    );
    expect(statement).toMatch(new RegExp(`, cityHash64\\(${key}\\)\\)$`));
  });
});

const views = (await listViews()).map(({ name }) => name);

/** Views of which the shop may have no rows: it has no rules. */
const empty = ['throughput', 'latest_intents', '_served_rules', 'rule_effects', 'rule_problems'];

/** Numbers to nine digits: sums over shards are added in another order. */
const rounded = (rows: unknown) =>
  JSON.stringify(rows, (_, value) =>
    typeof value === 'number' ? Number(value.toPrecision(9)) : value,
  );

describe('on two shards, with every row written twice', () => {
  it('both shards have rows', async () => {
    for (const shard of shards) {
      const [found] = await rowsOf<{ n: number }>(
        opened.warehouse,
        `select toFloat64(uniqExact(userId)) as n from ${shard}.impressions`,
      );
      expect(found!.n).toBeGreaterThan(5);
    }
  });

  it.each(views)('%s is what one server has', async (view) => {
    const [one, cluster] = await Promise.all(
      ['millrace', 'shop'].map((database) =>
        rowsOf(opened.warehouse, `select * from ${database}.${view} order by all`),
      ),
    );
    if (!empty.includes(view)) expect(one!.length).toBeGreaterThan(0);
    expect(rounded(cluster)).toBe(rounded(one));
  });
});
