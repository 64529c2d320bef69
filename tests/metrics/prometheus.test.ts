import { describe, expect, it } from '@jest/globals';
import type { Lag } from '../../infra/kafka/stage-runner.ts';
import { PrometheusMetrics } from '../../infra/metrics/prometheus.ts';
import { type Family, parseExposition } from './exposition.ts';

const noLags = async (): Promise<Lag[]> => [];

function metricsOf(lags: () => Promise<readonly Lag[]> = noLags, lagsWithinMs = 20) {
  return new PrometheusMetrics({ stages: ['serve', 'learn'], lags, lagsWithinMs });
}

async function scrape(metrics: PrometheusMetrics): Promise<Map<string, Family>> {
  return parseExposition(await metrics.registry.metrics());
}

/** Values of a family by the values of its labels, in their order. */
function numbersOf(families: Map<string, Family>, name: string): Record<string, number> {
  const { samples } = families.get(name)!;
  return Object.fromEntries(samples.map((s) => [Object.values(s.labels).join(' '), s.value]));
}

describe('the metrics of the runtime', () => {
  it('count from 0 on, so that the first event is a rate', async () => {
    const families = await scrape(metricsOf());
    expect(numbersOf(families, 'millrace_committed_records_total')).toEqual({ serve: 0, learn: 0 });
    expect(numbersOf(families, 'millrace_stage_restarts_total')).toEqual({ serve: 0, learn: 0 });
    expect(families.get('process_resident_memory_bytes')?.samples).toHaveLength(1);
  });

  it('say what each call of the runtime says', async () => {
    const metrics = metricsOf();
    metrics.committed('serve', 0, 500, 0.02);
    metrics.committed('serve', 1, 300, 3);
    metrics.aborted('learn');
    metrics.skipped('serve', 'click-late');
    metrics.skipped('serve', 'click-late');
    metrics.restarted('learn');
    metrics.rebalanced('serve');
    metrics.restoring('serve', 2, 40, 100);
    const families = await scrape(metrics);
    expect(numbersOf(families, 'millrace_committed_records_total').serve).toBe(800);
    expect(numbersOf(families, 'millrace_transactions_aborted_total')).toEqual({
      serve: 0,
      learn: 1,
    });
    const skipped = numbersOf(families, 'millrace_records_skipped_total');
    const counted = Object.entries(skipped).filter(([, count]) => count > 0);
    expect(counted).toEqual([['serve click-late', 2]]);
    // Those that may be expected are there before they happen.
    expect(skipped).toMatchObject({ 'serve event-invalid': 0, 'learn step-failed': 0 });
    expect(numbersOf(families, 'millrace_stage_restarts_total').learn).toBe(1);
    expect(numbersOf(families, 'millrace_rebalances_total').serve).toBe(1);
    expect(numbersOf(families, 'millrace_restore_records_done')).toEqual({ 'serve 2': 40 });
    expect(numbersOf(families, 'millrace_restore_records_wanted')).toEqual({ 'serve 2': 100 });
    const seconds = families.get('millrace_commit_seconds')!.samples;
    const of = (name: string, le?: string) =>
      seconds.find((s) => s.labels.stage === 'serve' && s.name === name && s.labels.le === le)
        ?.value;
    expect(of('millrace_commit_seconds_count')).toBe(2);
    expect(of('millrace_commit_seconds_sum')).toBeCloseTo(3.02, 9);
    expect(of('millrace_commit_seconds_bucket', '0.01')).toBe(0);
    expect(of('millrace_commit_seconds_bucket', '0.025')).toBe(1);
    expect(of('millrace_commit_seconds_bucket', '+Inf')).toBe(2);
  });

  it('show one state a task, and nothing of a task that was handed over', async () => {
    const metrics = metricsOf();
    metrics.taskState('serve', 0, 'restoring');
    metrics.taskState('serve', 0, 'running');
    metrics.taskState('serve', 1, 'running');
    metrics.restoring('serve', 1, 1, 1);
    metrics.taskState('serve', 1, 'closed');
    const families = await scrape(metrics);
    expect(numbersOf(families, 'millrace_task_state')).toEqual({
      'serve 0 restoring': 0,
      'serve 0 running': 1,
      'serve 0 failed': 0,
    });
    expect(families.get('millrace_restore_records_done')!.samples).toEqual([]);
  });

  it('ask for the lags at the scrape', async () => {
    let lag = 7;
    const metrics = metricsOf(async () => [{ stage: 'serve', topic: 'clicks', partition: 3, lag }]);
    expect(numbersOf(await scrape(metrics), 'millrace_consumer_lag')).toEqual({
      'serve clicks 3': 7,
    });
    lag = 0;
    expect(numbersOf(await scrape(metrics), 'millrace_consumer_lag')).toEqual({
      'serve clicks 3': 0,
    });
  });

  it('are served without the lags when these cannot be had, or not in time', async () => {
    let answer: () => Promise<Lag[]> = async () => [
      { stage: 'serve', topic: 'clicks', partition: 0, lag: 5 },
    ];
    let asked = 0;
    const metrics = metricsOf(() => {
      asked++;
      return answer();
    });
    await scrape(metrics);
    answer = () => Promise.reject(new Error('no broker'));
    expect((await scrape(metrics)).get('millrace_consumer_lag')!.samples).toEqual([]);
    const { promise, resolve } = Promise.withResolvers<Lag[]>();
    answer = () => promise;
    await scrape(metrics);
    const askedBefore = asked;
    const stuck = await scrape(metrics);
    expect(stuck.get('millrace_consumer_lag')!.samples).toEqual([]);
    // The question that is still open is waited for, not repeated.
    expect(asked).toBe(askedBefore);
    resolve([{ stage: 'serve', topic: 'clicks', partition: 0, lag: 1 }]);
    await promise;
    const after = await scrape(metrics);
    expect(numbersOf(after, 'millrace_consumer_lag')).toEqual({ 'serve clicks 0': 1 });
    expect(numbersOf(after, 'millrace_consumer_lag_failures_total')).toEqual({ '': 3 });
  });

  it('keep to a registry of their own', async () => {
    const [one, other] = [metricsOf(), metricsOf()];
    one.committed('serve', 0, 5, 0.01);
    expect(numbersOf(await scrape(other), 'millrace_committed_records_total').serve).toBe(0);
  });
});

describe('readiness', () => {
  it('waits for the tables, for the groups, and for every task to run', () => {
    const metrics = metricsOf();
    const { tasks } = metrics;
    expect(tasks.readiness()).toEqual({
      ready: false,
      reasons: [
        'the tables are not read to their ends yet',
        'serve waits for its group',
        'learn waits for its group',
      ],
    });
    tasks.begun();
    metrics.taskState('serve', 1, 'restoring');
    metrics.restoring('serve', 1, 1200, 5000);
    metrics.rebalanced('learn'); // another process has its only partition
    expect(tasks.readiness()).toEqual({
      ready: false,
      reasons: ['serve, partition 1, is restoring: 1200 of 5000 records'],
    });
    metrics.taskState('serve', 1, 'running');
    expect(tasks.readiness()).toEqual({ ready: true, reasons: [] });
    tasks.ending();
    expect(tasks.readiness()).toEqual({ ready: false, reasons: ['it is about to end'] });
  });

  it('is not lost by a task that is fenced on being handed over', () => {
    const metrics = metricsOf();
    metrics.tasks.begun();
    metrics.rebalanced('learn');
    metrics.taskState('serve', 0, 'running');
    metrics.taskState('serve', 1, 'running');
    metrics.rebalanced('serve');
    metrics.taskState('serve', 1, 'failed');
    expect(metrics.tasks.readiness()).toEqual({ ready: true, reasons: [] });
  });

  it('ends with a failure and comes back with the next life of the stage', async () => {
    const metrics = metricsOf();
    const { tasks } = metrics;
    tasks.begun();
    metrics.taskState('serve', 0, 'running');
    metrics.taskState('serve', 1, 'running');
    metrics.rebalanced('learn');
    metrics.taskState('serve', 0, 'failed');
    metrics.taskState('serve', 1, 'closed');
    metrics.restarted('serve');
    expect(tasks.readiness().reasons).toEqual(['serve waits for its group']);
    // This time the group gives it the other partition alone.
    metrics.rebalanced('serve');
    metrics.taskState('serve', 1, 'restoring');
    metrics.taskState('serve', 1, 'running');
    expect(tasks.readiness().ready).toBe(true);
    expect(numbersOf(await scrape(metrics), 'millrace_task_state')).toEqual({
      'serve 1 restoring': 0,
      'serve 1 running': 1,
      'serve 1 failed': 0,
    });
  });
});
