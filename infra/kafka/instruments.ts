// Signals of the runtime while it runs; infra/metrics makes Prometheus series of them.
import type { AskOutcome } from './task/asked.ts';

export type TaskState = 'restoring' | 'running' | 'closed' | 'failed';

export interface Instruments {
  /** Called when a task has changed its state. */
  taskState(stage: string, partition: number, state: TaskState): void;
  /** Called during a restore: `done` of `total` records of the changelogs are restored. */
  restoring(stage: string, partition: number, done: number, total: number): void;
  /**
   * Called when a transaction is durable: it carried `records` input records, and its commit took
   * `seconds`.
   */
  committed(stage: string, partition: number, records: number, seconds: number): void;
  /** Called when a transaction was aborted or its task fenced. */
  aborted(stage: string, partition: number): void;
  /** Called when a record went to dead-letters, with the code of the reason. */
  skipped(stage: string, code: string): void;
  /**
   * Called when records of an input were deleted before they were read, and policy was to go on
   * without them.
   */
  missed(stage: string, topic: string, records: number): void;
  /** Called when a stage that failed is begun anew. */
  restarted(stage: string): void;
  /** Called when the group gave this process other partitions. */
  rebalanced(stage: string): void;
  /** Called when it is known what became of a question; after `early`, `lost` may follow. */
  asked(stage: string, outcome: AskOutcome): void;
}

export const noInstruments: Instruments = Object.freeze({
  taskState() {},
  restoring() {},
  committed() {},
  aborted() {},
  skipped() {},
  missed() {},
  restarted() {},
  rebalanced() {},
  asked() {},
});
