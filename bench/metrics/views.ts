// The views of ClickHouse on the same cases.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClickHouse } from '../../infra/clickhouse/open.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { execute, rowsOf, type Warehouse } from '../../infra/clickhouse/warehouse.ts';
import { meanRank, rankOf } from '../../models/metrics/ranking.ts';
import type { Cases, Served } from './cases.ts';
import type { Figures } from './figures.ts';

export async function viewFigures(cases: Cases): Promise<Figures> {
  const path = mkdtempSync(join(tmpdir(), 'millrace-metrics-'));
  try {
    await using warehouse = await openClickHouse({ path });
    await createViews(warehouse);
    return { ...(await byModel(warehouse, cases)), ...(await oneByOne(warehouse, cases)) };
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

type Rows = { case: string; value: number | null; none: number }[];

function noteIn(figures: Figures, figure: string, rows: Rows): void {
  for (const row of rows) {
    const value = row.none ? Number.NaN : Number(row.value ?? Number.NaN);
    figures[figure] = { ...figures[figure], [row.case]: value };
  }
}

const figureOf = (column: string, named: string, view: string) =>
  `select ${named} as case, ${column} as value, isNaN(assumeNotNull(value)) as none from ${view}`;

/** Views with a row for each model: each case is a model. */
async function byModel(warehouse: Warehouse, cases: Cases): Promise<Figures> {
  const figures: Figures = {};
  await insertClicks(warehouse, cases.clicks);
  for (const [column, figure] of [
    ['auc', 'AUC'],
    ['logloss', 'LogLoss'],
  ] as const) {
    const text = figureOf(column, 'model', column);
    noteIn(figures, figure, (await rowsOf(warehouse, text)) as Rows);
  }
  await execute(warehouse, 'truncate table predictions');
  await insertRanks(warehouse, cases);
  for (const [column, figure] of RANKING) {
    const text = figureOf(column, 'model', 'ranking');
    noteIn(figures, figure, (await rowsOf(warehouse, text)) as Rows);
  }
  return figures;
}

/** Views of all there is: one case after the other. */
async function oneByOne(warehouse: Warehouse, { clicks, served }: Cases): Promise<Figures> {
  const figures: Figures = {};
  const note = async (name: string, figure: string, column: string, view: string) =>
    noteIn(figures, figure, (await rowsOf(warehouse, figureOf(column, `'${name}'`, view))) as Rows);
  for (const [name, one] of Object.entries(clicks)) {
    await execute(warehouse, 'truncate table predictions');
    await insertClicks(warehouse, { simulator: one });
    await note(name, 'ECE', 'ece', 'simulator_fidelity');
    await note(name, 'RMSE', 'rmse', 'value_error');
  }
  for (const [name, one] of Object.entries(served)) {
    for (const table of ['impressions', 'rewards']) {
      await execute(warehouse, `truncate table ${table}`);
    }
    await insertServed(warehouse, one);
    for (const [column, figure] of OPE) await note(name, figure, column, 'ope_by_variant');
    await note(name, 'served: SNIPS', 'snips', 'snips_by_variant');
  }
  return figures;
}

const RANKING = [
  ['ndcg10', 'NDCG@10, one relevant'],
  ['hr10', 'HR@10'],
  ['mrr', 'MRR'],
] as const;

const OPE = [
  ['ipw', 'served: IPS'],
  ['snipw', 'served: SNIPS'],
  ['dm', 'served: DM'],
  ['dr', 'served: DR'],
  ['sndr', 'served: SNDR'],
  ['rips', 'served: reward-interaction IPS'],
  ['ess', 'served: effective sample size'],
] as const;

/** Columns that every row has, whatever is judged. */
const row = (model: string, offset: number) => ({
  impressionId: `i${offset}`,
  userId: 'u',
  at: '2020-01-01 00:00:00.000',
  version: 0,
  source: 'logged',
  models: [model],
  _partition: 0,
  _offset: offset,
});

async function insertClicks(warehouse: Warehouse, clicks: Cases['clicks']): Promise<void> {
  const rows = Object.entries(clicks).map(([model, { scores, gains }], offset) => ({
    ...row(model, offset),
    'items.itemId': scores.map((_, i) => `${i}`),
    'items.positive': gains.map((gain) => gain === 1),
    'items.reward': gains,
    'items.p': scores.map((score) => [Number.isNaN(score) ? 'nan' : score]),
    // A value is there to be judged too: the view takes it for the reward to expect.
    'items.value': scores.map((score) => (Number.isNaN(score) ? 'nan' : score)),
    'items.source': scores.map(() => null),
  }));
  await insert(warehouse, 'predictions', rows);
}

async function insertRanks(warehouse: Warehouse, { lists }: Cases): Promise<void> {
  const rows = Object.entries(lists).map(([name, { scores, gains }], i) => {
    const rank = rankOf(scores, gains.indexOf(Math.max(...gains)));
    return {
      ...row(name, i),
      'ranks.itemId': ['a'],
      'ranks.candidates': [scores.length],
      'ranks.rank': [[meanRank(rank)]],
      ties: [[rank.ties]],
    };
  });
  await insert(warehouse, 'predictions', rows);
}

async function insertServed(warehouse: Warehouse, served: Served): Promise<void> {
  const { items, propensities, targets, clicked } = served;
  const at = '2020-01-01 00:00:00.000';
  const place = (offset: number) => ({ userId: `u${offset}`, at, _partition: 0, _offset: offset });
  const impressions = items.map((item, i) => ({
    ...place(i),
    impressionId: `i${i}`,
    servedBy: 'served',
    variant: 'x',
    variants: ['x'],
    'items.itemId': [`${item}`],
    'items.position': [0],
    'items.score': [0],
    'items.propensity': [propensities[i]],
    'items.targetPropensities': [[targets[i]]],
    'items.similarity': [null],
    'items.intent': [null],
    'items.barred': [0],
  }));
  const rewards = items.flatMap((item, i) =>
    clicked[i] === 1
      ? [
          {
            ...place(i),
            source: 'logged',
            clickId: `c${i}`,
            impressionId: `i${i}`,
            itemId: `${item}`,
            positive: true,
          },
        ]
      : [],
  );
  await insert(warehouse, 'impressions', impressions);
  await insert(warehouse, 'rewards', rewards);
}

async function insert(warehouse: Warehouse, table: string, values: object[]): Promise<void> {
  await warehouse.client.insert({ table, values, format: 'JSONEachRow' });
}
