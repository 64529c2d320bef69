// One task of a stage as a member runs it, whose transactions and instruments are the test's; and records as
// a broker gives them.
import { systemClock } from '../../infra/kafka/clock.ts';
import { defaultErrorPolicy, type ErrorPolicy } from '../../infra/kafka/errors-policy.ts';
import { type Instruments, noInstruments } from '../../infra/kafka/instruments.ts';
import { TaskRunner } from '../../infra/kafka/task/runner.ts';
import type { TransactionalProducer } from '../../infra/kafka/transactional-producer.ts';
import { readBatches } from '../../infra/kafka/wire/batch-reader.ts';
import type { BatchWriter } from '../../infra/kafka/wire/batch-writer.ts';
import { type Codec, createCodec } from '../../schemas/codec.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Stage } from '../../streams/engine/stage.ts';
import { TableSet } from '../../streams/engine/table.ts';
import { Task } from '../../streams/engine/task.ts';

const codecs = new Map<AnyTopic, Codec>();

/** Codecs whose schemas all have the id 1. */
export const codecOf = (topic: AnyTopic): Codec => {
  const codec = codecs.get(topic) ?? createCodec(topic, 1);
  codecs.set(topic, codec);
  return codec;
};

export interface RunnerOptions {
  readonly stage: Stage;
  readonly groupId: string;
  readonly commit: TransactionalProducer['commit'];
  readonly policy?: Partial<ErrorPolicy>;
  readonly instruments?: Partial<Instruments>;
}

/** A runner that begins at offset 0 of each input. */
export function runnerOf(options: RunnerOptions): TaskRunner {
  const { stage, groupId, commit, policy, instruments } = options;
  const beginning = stage.inputs.map(() => 0);
  return new TaskRunner(
    {
      stage: stage.name,
      groupId,
      inputs: stage.inputs,
      codecOf,
      learnSchema: async () => {},
      nameOf: (topic: AnyTopic) => topic.name,
      partitionsOf: () => 1,
      limits: { records: 100, ms: 1 },
      policy: { ...defaultErrorPolicy, ...policy },
      severalBrokers: () => false,
      commitEveryMs: 1,
      flushOn: [],
      waitForInputsMs: 0,
      clock: systemClock,
      counters: { processed: 0, commits: 0, skipped: 0, commitMs: 0 },
      instruments: { ...noInstruments, ...instruments },
      onRoom() {},
    },
    new Task(stage, 0, new TableSet([])),
    { commit } as unknown as TransactionalProducer,
    beginning,
    beginning,
  );
}

/** The records of a batch from this offset on. */
export function recordsOf(writer: BatchWriter, from: number) {
  const batch = writer.finish({ producerId: 1n, producerEpoch: 0 }, 0, false);
  batch.writeBigInt64BE(BigInt(from), 0);
  return readBatches(batch, from, []);
}

/** An answer without records. */
export const nothing = { records: [], next: 0, atEnd: true, current: true };
