// Names of series by the rules of promlint (prometheus/client_golang, testutil/promlint/validations), and
// series that exist before the first event.
import { describe, expect, it } from '@jest/globals';
import { PrometheusMetrics } from '../../infra/metrics/prometheus.ts';
import { apiSeries, servingSeries } from '../../infra/metrics/serving-series.ts';

const watched = {
  enrichers: async () => [
    { name: 'explain', running: true, processed: 7, lag: 3 },
    { name: 'reason', running: false, processed: 0, lag: undefined },
  ],
  models: () => [
    {
      ...{ model: 'm', queued: 2, jobs: { done: 5, deadline: 0, full: 1 }, busyMs: 1500 },
      tokens: { prompt: 90, generated: 12 },
    },
  ],
  clickhouse: async () => [{ topic: 'clicks', lag: 12 }],
  unusableSnapshots: () => 0,
  ruleEffects: [['pin', 'acted']] as const,
};
const metrics = new PrometheusMetrics({ stages: ['serve'], lags: async () => [], watched });
servingSeries(metrics.registry);
apiSeries(metrics.registry, ['/v1/recommend']);

interface Series {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

async function series(): Promise<Series[]> {
  const types = new Map(
    (await metrics.registry.getMetricsAsJSON()).map(({ name, type }) => [name, String(type)]),
  );
  return (metrics.registry.getMetricsAsArray() as unknown as Series[])
    .filter(({ name }) => name.startsWith('millrace_'))
    .map((one) => ({ ...one, type: types.get(one.name)! }));
}

/** Units that are no base units, and abbreviations of units (promlint: units.go). */
const notBase =
  /_(milliseconds?|microseconds?|nanoseconds?|minutes?|hours?|days?|weeks?|kilobytes?|megabytes?|gigabytes?|bits?|percent)(_|$)/;
const abbreviated = /_(s|ms|us|ns|sec|b|kb|mb|gb|m|h|d)(_|$)/;

const lints: Readonly<Record<string, (one: Series) => boolean>> = {
  'has help': ({ help }) => help.trim() !== '',
  'ends in _total if and only if it counts': ({ name, type }) =>
    name.endsWith('_total') === (type === 'counter'),
  'keeps the suffixes of histograms for them': ({ name }) => !/_(bucket|count|sum)$/.test(name),
  'keeps the labels of histograms for them': ({ labelNames }) =>
    !labelNames.includes('le') && !labelNames.includes('quantile'),
  'does not say its type': ({ name, type }) => !name.split('_').includes(type),
  'is in snake case, its labels too': ({ name, labelNames }) =>
    [name, ...labelNames].every((word) => /^[a-z][a-z0-9_]*$/.test(word)),
  'has base units': ({ name }) => !notBase.test(name),
  'has units in full': ({ name }) => !abbreviated.test(name),
};

describe('every series of ours', () => {
  it.each(Object.entries(lints))('%s', async (_rule, holds) => {
    const all = await series();
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((one) => !holds(one)).map(({ name }) => name)).toEqual([]);
  });

  it('would be found out', () => {
    const good = { name: 'millrace_x_total', help: 'x', type: 'counter', labelNames: [] };
    const bad: Readonly<Record<keyof typeof lints, Partial<Series>>> = {
      'has help': { help: ' ' },
      'ends in _total if and only if it counts': { type: 'gauge' },
      'keeps the suffixes of histograms for them': { name: 'millrace_x_count' },
      'keeps the labels of histograms for them': { labelNames: ['le'] },
      'does not say its type': { name: 'millrace_counter_total' },
      'is in snake case, its labels too': { labelNames: ['theStage'] },
      'has base units': { name: 'millrace_milliseconds_total' },
      'has units in full': { name: 'millrace_x_ms_total' },
    };
    for (const [rule, holds] of Object.entries(lints)) {
      expect([rule, holds(good), holds({ ...good, ...bad[rule] })]).toEqual([rule, true, false]);
    }
  });
});

describe('a scrape before the first event', () => {
  it('has the counters at 0, and what the parts say', async () => {
    const text = await metrics.registry.metrics();
    for (const line of [
      'millrace_committed_records_total{stage="serve"} 0',
      'millrace_records_skipped_total{stage="serve",code="event-invalid"} 0',
      'millrace_asks_total{stage="serve",outcome="lost"} 0',
      'millrace_consumer_lag_failures_total 0',
      'millrace_sql_request_seconds_count{status="5xx"} 0',
      'millrace_snapshots_unusable_total 0',
      'millrace_trace_spans_total{outcome="dropped"} 0',
      'millrace_enricher_events_total{enricher="explain"} 7',
      'millrace_enricher_lag_events{enricher="explain"} 3',
      'millrace_enricher_up{enricher="reason"} 0',
      'millrace_llm_queue_jobs{model="m"} 2',
      'millrace_llm_jobs_total{model="m",outcome="full"} 1',
      'millrace_llm_busy_seconds_total{model="m"} 1.5',
      'millrace_llm_tokens_total{model="m",of="generated"} 12',
      'millrace_clickhouse_lag_records{topic="clicks"} 12',
      'millrace_rule_effects_total{kind="pin",outcome="acted"} 0',
      'millrace_fallbacks_total 0',
      'millrace_http_requests_total{route="/v1/recommend",status="200"} 0',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    expect(text).not.toContain('millrace_enricher_lag_events{enricher="reason"}');
    metrics.parts.decided('millrace', 'fast', 0.002);
    metrics.parts.answered(404, 0.02);
    const later = await metrics.registry.metrics();
    expect(later).toContain(
      'millrace_decision_seconds_bucket{le="0.0025",variant="millrace",tier="fast"} 1',
    );
    expect(later).toContain('millrace_sql_request_seconds_count{status="4xx"} 1');
  });
});
