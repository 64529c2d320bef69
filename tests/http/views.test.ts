// The statements of the page on the real engine: first on the real views, then on made-up ones.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openClickHouse } from '../../infra/clickhouse/open.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { execute, rowsOf, type Warehouse } from '../../infra/clickhouse/warehouse.ts';
import { noCounters } from '../../infra/http/live.ts';
import { collectState, type DashboardState, panelNames } from '../../infra/http/state.ts';

const start = Date.UTC(2020, 0, 1) / 1000;
const at = (n: string) => `toDateTime64(${start} + ${n}, 3, 'America/New_York')`;
const numbers = (n: number) => `from numbers(${n})`;

/** Two variants of 1,000 and 7 points; what the other views hold is one row each. */
const tables: Record<string, string> = {
  cumulative_reward:
    `select 'millrace' as variant, 'logged' as source, ${at('number')} as at, number + 1 as impressions,` +
    ` toFloat64(number) as reward ${numbers(1000)} union all` +
    ` select 'uniform', 'logged', ${at('number')}, number + 1, toFloat64(number) ${numbers(7)} union all` +
    ` select 'uniform', 'simulated', ${at('number')}, number + 1, toFloat64(number) ${numbers(9)}`,
  metrics_over_time:
    `select 'means' as model, toDate32('2020-01-01') + interval number month as bucket,` +
    ` [100, 300, 5, 99][number + 1]::UInt64 as n, [0.6, 0.8, null, 0.9][number + 1] as auc,` +
    ` null::Nullable(Float64) as ndcg10 ${numbers(4)} union all` +
    ` select 'shifted', toDate32('2199-05-01'), 100, 0.5, null`,
  throughput:
    `select 'clicks' as topic, toDateTime(${start} + number, 'UTC') as second,` +
    ` number as records ${numbers(500)}`,
  latest_decisions:
    `select ${at('number')} as at, 'u' as userId, 'millrace' as variant, 'p' as policy,` +
    ` 3::Int64 as version, 'fast'::LowCardinality(String) as tier, ['A', 'B'] as items,` +
    ` [0.1, 0.2] as propensities, [false, true] as clicked ${numbers(30)}`,
};

let warehouse: Warehouse;
let real: DashboardState;
let state: DashboardState;
const path = mkdtempSync(join(tmpdir(), 'millrace-views-'));

beforeAll(async () => {
  warehouse = await openClickHouse({ path });
  await createViews(warehouse);
  const query = (sql: string) => rowsOf<Record<string, unknown>>(warehouse, sql);
  real = await collectState(query, noCounters());
  for (const [name, select] of Object.entries(tables)) {
    await execute(warehouse, `create or replace view ${name} as ${select}`);
  }
  await execute(warehouse, 'drop view accounting');
  state = await collectState(query, noCounters());
}, 120_000);

afterAll(async () => {
  await warehouse?.[Symbol.asyncDispose]();
  rmSync(path, { recursive: true, force: true });
});

describe('the statements of the page', () => {
  it('find every column in the views of Millrace', () => {
    const errors = panelNames.map((name) => real.panels[name].error);
    expect(errors).toEqual(panelNames.map(() => null));
  });

  it('thins a long series to at most 200 points and keeps its ends', () => {
    const { rows, error } = state.panels.cumulativeReward;
    expect(error).toBeNull();
    const millrace = rows.filter((row) => row.variant === 'millrace');
    // step = ceil(999 / 199) = 6: points 1, 7, … 997 are 167, and the last makes 168.
    expect(millrace).toHaveLength(168);
    expect(millrace[1]).toMatchObject({ impressions: 7, reward: 6 });
    expect(millrace.at(-1)).toMatchObject({ impressions: 1000 });
    expect(rows.filter((row) => row.variant === 'uniform')).toHaveLength(7);
  });

  it('averages months to quarters by weight, and leaves thin ones out', () => {
    // January: 100 predictions, AUC 0.6; February: 300, 0.8; March: 5, none: (60 + 240) / 400.
    // April: 99 are too few.
    const { rows, error } = state.panels.metricsOverTime;
    expect(error).toBeNull();
    expect(rows).toEqual([
      { model: 'means', bucket: Date.UTC(2020, 0, 1), n: 405, auc: 0.75, ndcg10: null },
      // Records may have their dates shifted far ahead.
      { model: 'shifted', bucket: Date.UTC(2199, 3, 1), n: 100, auc: 0.5, ndcg10: null },
    ]);
  });

  it('reads times as epoch milliseconds whatever their type and zone', () => {
    expect(state.panels.cumulativeReward.rows[0]?.at).toBe(start * 1000);
    expect(state.panels.metricsOverTime.rows[0]).toMatchObject({ bucket: start * 1000 });
    expect(state.panels.throughput.rows[0]).toMatchObject({
      second: (start + 499) * 1000,
      records: 499,
    });
  });

  it('reads only the latest', () => {
    expect(state.panels.throughput.rows).toHaveLength(120);
    expect(state.panels.decisions.rows).toHaveLength(6);
    expect(state.panels.decisions.rows[0]).toEqual({
      at: (start + 29) * 1000,
      userId: 'u',
      variant: 'millrace',
      policy: 'p',
      version: 3,
      tier: 'fast',
      items: ['A', 'B'],
      propensities: [0.1, 0.2],
      clicked: [false, true],
    });
  });

  it('says which view is not there', () => {
    expect(state.panels.accounting.error).toMatch(/accounting/);
  });
});
