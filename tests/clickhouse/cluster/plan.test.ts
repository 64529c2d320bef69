// Each view over real Distributed tables is planned by the engine: it refuses a join of distributed tables with
// each other, and a set that every shard would have to ask all others for. No shard answers; none is needed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Session } from 'chdb';
import { clusterSettings } from '../../../infra/clickhouse/limits.ts';
import { ddlOf, listViews } from '../../../infra/clickhouse/views.ts';

/** A port on which nobody listens. */
const port = 1;
const shard = `<shard><replica><host>127.0.0.1</host><port>${port}</port></replica></shard>`;
const servers = `<clickhouse><remote_servers><two>${shard}${shard}</two></remote_servers></clickhouse>`;

const folder = mkdtempSync(join(tmpdir(), 'millrace-cluster-'));
let engine: Session;

beforeAll(async () => {
  const file = join(folder, 'config.xml');
  writeFileSync(file, servers);
  engine = new Session(join(folder, 'data'), { connectionArgs: [`--config-file=${file}`] });
  for (const statement of await ddlOf({ database: 'shop', cluster: 'two' })) {
    const local = statement
      .replace(" on cluster 'two'", '')
      .replace(/ReplicatedReplacingMergeTree\('[^']*', '\{replica\}'(, )?/, 'ReplacingMergeTree(');
    await engine.queryAsync(local);
  }
}, 60_000);
afterAll(() => {
  engine?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the engine says to a plan; undefined where it makes one. */
async function refusal(query: string): Promise<string | undefined> {
  try {
    await engine.queryAsync(`explain ${query}`);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

const views = (await listViews()).map(({ name }) => name);

/** Views with a scalar or a set that is asked for, once, before there is a plan. */
const asked = [
  'accounting',
  'simulator_fidelity',
  'latest_decisions',
  'latest_explanations',
  'rule_effects',
];

describe('the plan on a cluster', () => {
  it('refuses what would ask each shard for all others', async () => {
    const query =
      'select count() from shop.rewards where itemId in (select itemId from shop.items)';
    expect(await refusal(query)).toMatch(/Double-distributed/);
    const settings = Object.entries(clusterSettings).map(([name, value]) => `${name} = '${value}'`);
    expect(await refusal(`${query} settings ${settings.join(', ')}`)).toMatch(/Connection refused/);
  });

  it.each(views)('of %s can be made', async (view) => {
    const refused = await refusal(`select * from shop.${view}`);
    if (asked.includes(view)) expect(refused).toMatch(/Connection refused/);
    else expect(refused).toBeUndefined();
  });
});
