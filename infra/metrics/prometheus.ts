// The runtime's instruments as Prometheus series. One registry a process, handed on, never global.
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Instruments, TaskState } from '../kafka/instruments.ts';
import type { Lag } from '../kafka/stage-runner.ts';
import type { AskOutcome } from '../kafka/task/asked.ts';
import { createPartSeries, type PartSeries, type Watched } from './parts.ts';
import { createSeries } from './series.ts';
import { countSpans } from './spans.ts';
import { TaskBoard } from './task-board.ts';

export interface MetricsOptions {
  /**
   * Stages of this process. Their counters begin at 0 instead of being absent, so that a rate sees
   * the first count.
   */
  readonly stages: readonly string[];
  /** Reads the lags as of now. */
  readonly lags: () => Promise<readonly Lag[]>;
  /**
   * Whether the process's own series are collected; one thread of a process does so.
   * @default true
   */
  readonly ofProcess?: boolean;
  /** Counts of spans by what became of them. @default nothing is traced */
  readonly spans?: Readonly<Record<string, number>> | undefined;
  /** What is read of the other parts at a scrape. @default nothing */
  readonly watched?: Watched | undefined;
  /** Longest time a scrape waits for the lags, ms. @default 2000 */
  readonly lagsWithinMs?: number;
}

/** Codes by which records are skipped most; their counts begin at 0. */
const commonCodes = [
  'record-undecodable',
  'event-invalid',
  'event-ahead',
  'schema-unknown',
  'step-failed',
  'record-too-large',
];

const askOutcomes: readonly AskOutcome[] = ['durable', 'early', 'withdrawn', 'refused', 'lost'];

const noSpans = Object.freeze({ exported: 0, dropped: 0, failed: 0 });

/**
 * States that have a series. A closed task has none: another process may have it by now, and sums
 * must count each task once.
 */
const states: readonly TaskState[] = ['restoring', 'running', 'failed'];

export class PrometheusMetrics implements Instruments {
  readonly registry = new Registry();
  /** The states of the tasks, for `/ready`. */
  readonly tasks: TaskBoard;
  /** Series of what is counted outside the runtime. */
  readonly parts: PartSeries;
  private readonly series: ReturnType<typeof createSeries>;
  private readonly options: MetricsOptions;
  /**
   * The question for the lags that is still open. No second one is asked, since scrapes must not
   * pile up on a broker in trouble.
   */
  private asking: Promise<readonly Lag[]> | undefined;

  constructor(options: MetricsOptions) {
    const { stages } = options;
    this.options = options;
    this.tasks = new TaskBoard(stages);
    this.series = createSeries(this.registry, () => this.collectLags());
    this.parts = createPartSeries(this.registry, options.watched ?? {});
    countSpans(this.registry, options.spans ?? noSpans);
    if (options.ofProcess !== false) collectDefaultMetrics({ register: this.registry });
    const { commitSeconds, committed, aborted, restarts, rebalances } = this.series;
    for (const stage of stages) {
      commitSeconds.zero({ stage });
      for (const code of commonCodes) this.series.skipped.inc({ stage, code }, 0);
      for (const outcome of askOutcomes) this.series.asked.inc({ stage, outcome }, 0);
      for (const counter of [committed, aborted, restarts, rebalances]) counter.inc({ stage }, 0);
    }
  }

  taskState(stage: string, partition: number, state: TaskState): void {
    this.tasks.state(stage, partition, state);
    const { taskState, restoreDone, restoreTotal } = this.series;
    const task = { stage, partition: String(partition) };
    for (const one of states) {
      if (state === 'closed') taskState.remove({ ...task, state: one });
      else taskState.set({ ...task, state: one }, one === state ? 1 : 0);
    }
    if (state === 'closed') for (const gauge of [restoreDone, restoreTotal]) gauge.remove(task);
  }

  restoring(stage: string, partition: number, done: number, total: number): void {
    this.tasks.restoring(stage, partition, done, total);
    const task = { stage, partition: String(partition) };
    this.series.restoreDone.set(task, done);
    this.series.restoreTotal.set(task, total);
  }

  committed(stage: string, _partition: number, records: number, seconds: number): void {
    this.series.commitSeconds.observe({ stage }, seconds);
    this.series.committed.inc({ stage }, records);
  }

  aborted(stage: string): void {
    this.series.aborted.inc({ stage });
  }

  skipped(stage: string, code: string): void {
    this.series.skipped.inc({ stage, code });
  }

  missed(stage: string, topic: string, records: number): void {
    this.series.missed.inc({ stage, topic }, records);
  }

  restarted(stage: string): void {
    this.tasks.restarted(stage);
    this.series.restarts.inc({ stage });
  }

  rebalanced(stage: string): void {
    for (const partition of this.tasks.assigned(stage)) this.taskState(stage, partition, 'closed');
    this.series.rebalances.inc({ stage });
  }

  asked(stage: string, outcome: AskOutcome): void {
    this.series.asked.inc({ stage, outcome });
  }

  /**
   * Sets the lags. If they cannot be had they are absent and the scrape goes on, since old figures
   * would pass for new ones.
   */
  private async collectLags(): Promise<void> {
    const { lag: gauge, lagFailures } = this.series;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error('late')),
      this.options.lagsWithinMs ?? 2_000,
    );
    try {
      this.asking ??= Promise.resolve()
        .then(() => this.options.lags())
        .finally(() => {
          this.asking = undefined;
        });
      const lags = await Promise.race([this.asking, late.promise]);
      gauge.reset();
      for (const { stage, topic, partition, lag } of lags) {
        gauge.set({ stage, topic, partition: String(partition) }, lag);
      }
    } catch {
      gauge.reset();
      lagFailures.inc();
    } finally {
      clearTimeout(timer);
    }
  }
}
