// The series of the stream runtime: what a scrape shows and docs/operations.md explains.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/**
 * Upper bounds of commit times, s. A commit takes some 5 ms on one machine, and seconds if there is
 * trouble.
 */
const commitBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** @param collectLags fills the gauge of the lags before a scrape reads it */
export function createSeries(registry: Registry, collectLags: () => Promise<void>) {
  const registers = [registry];
  return {
    taskState: new Gauge({
      name: 'millrace_task_state',
      help: '1 for the state a task of this process is in, 0 for the others.',
      labelNames: ['stage', 'partition', 'state'],
      registers,
    }),
    restoreDone: new Gauge({
      name: 'millrace_restore_records_done',
      help: 'Records of changelogs read in the current or last restore of a task.',
      labelNames: ['stage', 'partition'],
      registers,
    }),
    restoreTotal: new Gauge({
      name: 'millrace_restore_records_wanted',
      help: 'Records of changelogs to read in that restore, by their ends when it began.',
      labelNames: ['stage', 'partition'],
      registers,
    }),
    commitSeconds: new Histogram({
      name: 'millrace_commit_seconds',
      help: 'Time a transaction took to commit.',
      labelNames: ['stage'],
      buckets: commitBuckets,
      registers,
    }),
    committed: new Counter({
      name: 'millrace_committed_records_total',
      help: 'Input records whose transactions are durable.',
      labelNames: ['stage'],
      registers,
    }),
    aborted: new Counter({
      name: 'millrace_transactions_aborted_total',
      help: 'Transactions that were aborted, or whose task was fenced.',
      labelNames: ['stage'],
      registers,
    }),
    skipped: new Counter({
      name: 'millrace_records_skipped_total',
      help: 'Records that went to dead-letters, by error code; with the stage `tables`, those that the tables of a process left out.',
      labelNames: ['stage', 'code'],
      registers,
    }),
    missed: new Counter({
      name: 'millrace_input_records_missed_total',
      help: 'Records that were deleted before they were read, and were left out (ON_INPUT_GAP=skip).',
      labelNames: ['stage', 'topic'],
      registers,
    }),
    restarts: new Counter({
      name: 'millrace_stage_restarts_total',
      help: 'Times a stage was begun anew after a failure.',
      labelNames: ['stage'],
      registers,
    }),
    rebalances: new Counter({
      name: 'millrace_rebalances_total',
      help: 'Times the group gave this process other partitions.',
      labelNames: ['stage'],
      registers,
    }),
    asked: new Counter({
      name: 'millrace_asks_total',
      help: 'Events that somebody asked about, by what became of them: durable, early (answered before the commit, at the deadline), lost (its transaction then failed), withdrawn (not stepped by the deadline), refused.',
      labelNames: ['stage', 'outcome'],
      registers,
    }),
    lag: new Gauge({
      name: 'millrace_consumer_lag',
      help: 'Records of an input not processed yet, asked for at the scrape.',
      labelNames: ['stage', 'topic', 'partition'],
      registers,
      collect: collectLags,
    }),
    lagFailures: new Counter({
      name: 'millrace_consumer_lag_failures_total',
      help: 'Scrapes at which the lags could not be had in time; they are then left out.',
      registers,
    }),
  };
}
