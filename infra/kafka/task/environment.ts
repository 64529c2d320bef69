// What a task is told about where it runs; shared by the parts of its runner.
import type { Codec } from '../../../schemas/codec.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import type { ErrorPolicy } from '../errors-policy.ts';
import type { Instruments } from '../instruments.ts';

export interface CommitLimits {
  /** Records in a transaction at the most. @default 8000 */
  readonly records: number;
  /** Time a transaction gathers records at the most, where its stage names none, ms. @default 300 */
  readonly ms: number;
}

export const defaultLimits: CommitLimits = { records: 8_000, ms: 300 };

export interface TaskEnvironment {
  readonly stage: string;
  readonly groupId: string;
  readonly inputs: readonly AnyTopic[];
  readonly codecOf: (topic: AnyTopic) => Codec;
  /**
   * Asks the registry for the schema of a record, once a schema.
   * @throws `registry-unreachable`; `schema-unknown`, `record-undecodable` of a record that cannot be read
   */
  readonly learnSchema: (topic: AnyTopic, value: Buffer) => Promise<void>;
  readonly nameOf: (topic: AnyTopic) => string;
  /** How many partitions a topic has. */
  readonly partitionsOf: (topic: AnyTopic) => number;
  readonly limits: CommitLimits;
  readonly policy: ErrorPolicy;
  /** Fetches from several brokers overlap. */
  readonly severalBrokers: boolean;
  /** Time for which a transaction gathers records before it is committed, ms. */
  readonly commitEveryMs: number;
  /** Inputs of which a record commits its transaction at once. */
  readonly flushOn: readonly AnyTopic[];
  /** Time for which an input at its end holds back the others, ms. */
  readonly waitForInputsMs: number;
  /** Milliseconds of a clock that does not go back. */
  readonly now: () => number;
  readonly counters: StageCounters;
  readonly instruments: Instruments;
  /** There is room again where there was none. */
  readonly onRoom: () => void;
}

export interface StageCounters {
  processed: number;
  commits: number;
  skipped: number;
  /** Time spent in the last commits, ms, exponentially smoothed. */
  commitMs: number;
}
