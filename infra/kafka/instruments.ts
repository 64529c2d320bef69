// What the runtime tells about itself while it runs; infra/metrics makes Prometheus series of it.

export type TaskState = 'restoring' | 'running' | 'closed' | 'failed';

export interface Instruments {
  /** A task has changed its state. */
  taskState(stage: string, partition: number, state: TaskState): void;
  /** Records of changelogs restored so far, of so many by their ends. */
  restoring(stage: string, partition: number, done: number, total: number): void;
  /** A transaction is durable: input records it carried, and the time it took to commit, s. */
  committed(stage: string, partition: number, records: number, seconds: number): void;
  /** A transaction was aborted, or its task fenced. */
  aborted(stage: string, partition: number): void;
  /** A record went to dead-letters, for the reason of this code. */
  skipped(stage: string, code: string): void;
  /** So many records of an input were deleted before they were read, and left out by policy. */
  missed(stage: string, topic: string, records: number): void;
  /** A failed life of a stage is begun anew. */
  restarted(stage: string): void;
  /** The group gave this process other partitions. */
  rebalanced(stage: string): void;
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
});
