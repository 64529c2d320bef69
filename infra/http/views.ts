// The ClickHouse views behind the page: which columns a panel reads, and how many rows.
import type { OutcomeSource } from '../../models/outcomes.ts';
import { beyondClicks } from './beyond-clicks.ts';
import { count, flags, metric, metrics, text, texts, time } from './columns.ts';
import { OUTCOMES, quarters, series, view } from './view.ts';

/** The SQL of a view. @param outcomes whose answers count: people's (`logged`) or the simulator's */
export function sqlOf({ sql }: { readonly sql: string }, outcomes: OutcomeSource): string {
  return sql.replaceAll(OUTCOMES, outcomes);
}

export const views = {
  ctr: view(
    'ctr_by_variant',
    { variant: text, source: text, impressions: count, shown: count, clicks: count, ctr: metric },
    `where source = '${OUTCOMES}' order by variant`,
  ),
  reward: view(
    'reward_by_variant',
    { variant: text, impressions: count, reward: metric, rewardPerImpression: metric },
    `where source = '${OUTCOMES}' order by variant`,
  ),
  snips: view(
    'snips_by_variant',
    { variant: text, impressions: count, snips: metric, low: metric, high: metric, ess: metric },
    `where source = '${OUTCOMES}' order by variant`,
  ),
  ...beyondClicks,
  latency: view(
    'latency_by_variant',
    { variant: text, n: count, p50Ms: metric, p99Ms: metric },
    'order by variant',
  ),
  cumulativeReward: series(
    'cumulative_reward',
    'variant',
    'at',
    { variant: text, at: time, impressions: count, reward: metric },
    `where source = '${OUTCOMES}'`,
  ),
  auc: view(
    'auc',
    { model: text, source: text, n: count, positives: count, auc: metric },
    'order by model, source',
  ),
  logloss: view(
    'logloss',
    { model: text, source: text, n: count, logloss: metric },
    'order by model, source',
  ),
  ranking: view(
    'ranking',
    { model: text, n: count, hr10: metric, ndcg10: metric, mrr: metric },
    'order by model',
  ),
  metricsOverTime: quarters(
    'metrics_over_time',
    'model',
    { weight: 'n', least: 100, means: ['auc', 'ndcg10'] },
    { model: text, bucket: time, n: count, auc: metric, ndcg10: metric },
  ),
  tiers: view('tier_share', { tier: text, impressions: count, share: metric }, 'order by tier'),
  fidelity: view(
    'simulator_fidelity',
    { n: count, auc: metric, logloss: metric, ece: metric },
    'limit 1',
  ),
  calibration: view(
    'calibration',
    { model: text, bin: count, n: count, meanP: metric, meanY: metric },
    'order by model, bin limit 500',
  ),
  experiments: view(
    'experiment_log',
    {
      at: time,
      experimentId: text,
      phase: text,
      reason: text,
      users: metric,
      difference: metric,
      low: metric,
      high: metric,
      candidateShare: metric,
    },
    'limit 12',
  ),
  intents: view(
    'latest_intents',
    {
      at: time,
      userId: text,
      wanted: texts,
      avoid: texts,
      mood: text,
      constraints: texts,
      confidence: metric,
      uncertainty: metric,
    },
    'order by at desc limit 6',
  ),
  explanations: view(
    'latest_explanations',
    {
      at: time,
      userId: text,
      title: text,
      text,
      citedTitles: texts,
      citedGroups: texts,
      score: metric,
    },
    'order by at desc limit 6',
  ),
  audit: view(
    'audit_counts',
    { kind: text, component: text, name: text, found: metric, looked: count },
    'limit 30',
  ),
  throughput: view(
    'throughput',
    { topic: text, second: time, records: count },
    'order by second desc limit 120 by topic limit 2000',
  ),
  topics: view('topic_counts', { topic: text, records: count, duplicates: count }, 'limit 100'),
  deadLetters: view(
    'dead_letters_by_code',
    { origin: text, code: text, n: count, lastAt: time },
    'order by n desc limit 50',
  ),
  decisions: view(
    'latest_decisions',
    {
      at: time,
      userId: text,
      variant: text,
      policy: text,
      version: count,
      tier: text,
      items: texts,
      propensities: metrics,
      clicked: flags,
    },
    'order by at desc limit 6',
  ),
  accounting: view(
    'accounting',
    { read: count, inImpressions: count, inExamples: count, lost: count, duplicated: count },
    'limit 1',
  ),
};
