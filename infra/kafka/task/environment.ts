// The environment of a task, shared by the parts of its runner.
import type { AnyTopic } from '../../../schemas/topic.ts';
import type { Tracing } from '../../../streams/engine/tracing.ts';
import type { Clock } from '../clock.ts';
import type { ErrorPolicy } from '../errors-policy.ts';
import type { Instruments } from '../instruments.ts';
import type { LeftOut } from '../left-out.ts';
import type { RecordReading } from './taken.ts';

export interface CommitLimits {
  /** Largest number of records in a transaction. @default 8000 */
  readonly records: number;
  /** Time for which a transaction gathers records, if the stage names none, ms. @default 300 */
  readonly ms: number;
}

export const defaultLimits: CommitLimits = { records: 8_000, ms: 300 };

export interface TaskEnvironment extends RecordReading {
  readonly stage: string;
  readonly groupId: string;
  readonly nameOf: (topic: AnyTopic) => string;
  /** Gives the number of partitions of a topic. */
  readonly partitionsOf: (topic: AnyTopic) => number;
  readonly limits: CommitLimits;
  readonly policy: ErrorPolicy;
  /** Whether fetches from several brokers overlap. */
  readonly severalBrokers: () => boolean;
  /** Time for which a transaction gathers records before it is committed, ms. */
  readonly commitEveryMs: number;
  /** Inputs whose records commit their transaction at once. */
  readonly flushOn: readonly AnyTopic[];
  /** Inputs of which the group passes over what it has written. @default none */
  readonly passesOver?: readonly AnyTopic[] | undefined;
  /** Partition of each input. @default that of the task */
  readonly partitions?: readonly number[] | undefined;
  /** Time that an input at its end holds back the others, ms. */
  readonly waitForInputsMs: number;
  readonly clock: Clock;
  /** Records that the stage has left out before, and that are read again. @default none */
  readonly leftOut?: LeftOut | undefined;
  readonly counters: StageCounters;
  readonly instruments: Instruments;
  /** @default nobody follows traces */
  readonly tracing?: Tracing | undefined;
  /** Called with each output that is durable. @default nobody looks */
  readonly onOutput?: ((topic: AnyTopic, event: unknown) => void) | undefined;
  /** Called when there is room again. */
  readonly onRoom: () => void;
}

export interface StageCounters {
  processed: number;
  commits: number;
  skipped: number;
  /** Time of a commit, ms, smoothed exponentially. */
  commitMs: number;
}
