// The charts of the page, one description each.
import { createChart } from './chart.js';
import { fixed, integer, percent } from './format.js';

const overTime = { xTime: true, scaleX: 1000 };
const byModel = {
  ...overTime,
  view: 'metricsOverTime',
  by: 'model',
  family: 'model',
  x: 'bucket',
};
const byMonth = {
  ...overTime,
  by: 'variant',
  family: 'variant',
  x: 'bucket',
  format: (value) => fixed(value, 3),
  axisFormat: (value) => fixed(value, 2),
};
const rewardBySlates = {
  view: 'cumulativeReward',
  by: 'variant',
  family: 'variant',
  x: 'impressions',
  y: 'reward',
  xFormat: integer,
  empty: 'No reward yet',
};

/** The line on which predicted and observed shares agree. */
function diagonal(chart, stroke) {
  const { ctx } = chart;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(chart.valToPos(0, 'x', true), chart.valToPos(0, 'y', true));
  ctx.lineTo(chart.valToPos(1, 'x', true), chart.valToPos(1, 'y', true));
  ctx.stroke();
  ctx.restore();
}

const specs = [
  {
    ...byModel,
    id: 'chart-auc',
    title: 'AUC of clicks',
    note: 'by model, quarters of event time',
    y: 'auc',
    format: (value) => fixed(value, 3),
    axisFormat: (value) => fixed(value, 2),
    empty: 'No predictions yet',
  },
  {
    ...byModel,
    id: 'chart-ndcg',
    title: 'NDCG@10',
    note: 'liked items of the log, by model',
    y: 'ndcg10',
    format: (value) => fixed(value, 3),
    axisFormat: (value) => fixed(value, 2),
    empty: 'No predictions yet',
  },
  {
    id: 'chart-calibration',
    title: 'Calibration',
    note: 'observed against predicted, people’s clicks',
    view: 'calibration',
    by: 'model',
    family: 'model',
    names: ['millrace', 'simulator'],
    x: 'meanP',
    y: 'meanY',
    xRange: [0, 1],
    range: [0, 1],
    points: true,
    lastIsLatest: false,
    backdrop: diagonal,
    xFormat: (value) => percent(value, 0),
    format: (value) => percent(value, 0),
    empty: 'No answers to compare yet',
  },
  {
    id: 'chart-reward',
    title: 'Cumulative reward',
    note: 'clicks, by variant, over slates served',
    ...rewardBySlates,
    format: integer,
  },
  {
    id: 'chart-per-slate',
    title: 'Reward per slate',
    note: 'so far, by variant, over slates served',
    ...rewardBySlates,
    per: 'impressions',
    // The mean of a few slates only says who came first.
    from: 20,
    format: (value) => fixed(value, 2),
    axisFormat: (value) => fixed(value, 1),
  },
  {
    id: 'chart-moving',
    title: 'Moving reward',
    note: 'a slate, over the last fifth of the slates, by variant',
    view: 'movingReward',
    by: 'variant',
    family: 'variant',
    x: 'impressions',
    y: 'level',
    xFormat: integer,
    format: (value) => fixed(value, 2),
    axisFormat: (value) => fixed(value, 1),
    empty: 'No reward yet',
  },
  {
    ...byMonth,
    id: 'chart-gini',
    title: 'Exposure Gini',
    note: '0: all items alike; by variant and month',
    view: 'exposureOverTime',
    y: 'gini',
    empty: 'No slate served yet',
  },
  {
    ...byMonth,
    id: 'chart-mgu',
    title: 'Group unfairness (MGU)',
    note: '0: groups shown as people choose them; by variant and month',
    view: 'unfairnessOverTime',
    y: 'mgu',
    empty: 'Nobody with a history served yet',
  },
  {
    ...overTime,
    id: 'chart-throughput',
    title: 'Throughput',
    note: 'records per second, by topic',
    view: 'throughput',
    by: 'topic',
    family: 'topic',
    names: ['impressions', 'clicks', 'examples'],
    x: 'second',
    y: 'records',
    step: 1,
    format: integer,
    empty: 'No record in the last minutes',
  },
];

export function createCharts(root) {
  const updates = specs.map((spec) => ({ view: spec.view, update: createChart(root, spec) }));
  return ({ panels }) => {
    for (const { view, update } of updates) update(panels[view].rows);
  };
}
