// Rebuilds the stores of tasks from their changelogs, before the tasks run: each from its checkpoint.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Stage } from '../../streams/engine/stage.ts';
import type { Task } from '../../streams/engine/task.ts';
import type { Codecs } from '../registry/registry.ts';
import type { Clock } from './clock.ts';
import { decodeOrSkip } from './decode-or-skip.ts';
import type { ErrorPolicy } from './errors-policy.ts';
import type { Instruments } from './instruments.ts';
import { readTopics } from './read-to-end.ts';
import { contextIn } from './task/traced.ts';
import type { FetchedRecord } from './wire/batch-reader.ts';

export interface RestoreOptions {
  readonly kafka: Kafka;
  readonly stage: Stage;
  readonly tasks: readonly Task[];
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
  readonly policy: Pick<ErrorPolicy, 'retryForMs' | 'undecodable'>;
  readonly instruments: Instruments;
  /** @default the time of the machine */
  readonly clock?: Clock | undefined;
}

/**
 * The checkpoint, or 0 if it lies outside of what the changelog holds: then it is not of this
 * changelog.
 */
export function validCheckpoint(checkpoint: number, low: number, high: number): boolean {
  return checkpoint === 0 || (checkpoint >= low && checkpoint <= high);
}

/** Reads the committed records of every changelog into the tasks' stores. Fence the writers first. */
export async function restoreStores(options: RestoreOptions): Promise<void> {
  const { kafka, stage, tasks, nameOf, log, policy, instruments } = options;
  if (stage.stores.length === 0 || tasks.length === 0) return;
  const byTopic = new Map(stage.stores.map((store) => [nameOf(store.changelog), store]));
  const byPartition = new Map(tasks.map((task) => [task.partition, task]));
  const progress = new Map(tasks.map(({ partition }) => [partition, { done: 0, total: 0 }]));
  await using reader = await readTopics({
    kafka,
    log,
    topics: [...byTopic.keys()],
    partitions: [...byPartition.keys()],
    retryForMs: policy.retryForMs,
    clock: options.clock,
    from(topic, partition, low, high) {
      const store = byTopic.get(topic)!;
      const state = byPartition.get(partition)!.stateOf(store);
      let { checkpoint } = state;
      if (!validCheckpoint(checkpoint, low, high)) {
        const fields = { stage: stage.name, store: store.name, partition, checkpoint, low, high };
        log.warn(
          { ...fields, code: 'checkpoint-discarded' },
          'a checkpoint is not of this changelog',
        );
        state.clear();
        checkpoint = 0;
      }
      const from = Math.max(low, checkpoint);
      progress.get(partition)!.total += high - from;
      return from;
    },
    async onRecords(topic, partition, records, next) {
      const store = byTopic.get(topic)!;
      const changes: [string, unknown][] = [];
      const { tracer } = byPartition.get(partition)!;
      for (const record of records) {
        const state = await stateIn(record, store.changelog, partition, options);
        if (state === undefined) continue;
        const key = record.key!.toString();
        changes.push([key, state]);
        tracer?.restore(key, state === null ? undefined : contextIn(record));
      }
      byPartition.get(partition)!.stateOf(store).restore(changes, next);
      const of = progress.get(partition)!;
      of.done += records.length;
      instruments.restoring(stage.name, partition, of.done, of.total);
    },
  });
  await reader.caughtUp;
  const records = [...progress.values()].reduce((sum, { done }) => sum + done, 0);
  if (records > 0) log.info({ stage: stage.name, records }, 'state is restored');
}

/**
 * The state in a record of a changelog; null deletes, undefined is no state. A changelog is a topic, and
 * others can write to it: what does not pass the border is left out with a word in the log, unless the
 * policy is to halt.
 * @throws `registry-unreachable`; where the policy is to halt, what is wrong with the record
 */
async function stateIn(
  record: FetchedRecord,
  topic: AnyTopic,
  partition: number,
  { codecs, policy, stage, log, instruments }: RestoreOptions,
): Promise<unknown> {
  if (record.key === null) return undefined;
  if (record.value === null) return null;
  try {
    if (policy.undecodable === 'halt') return await codecs.take(topic, record);
    return await decodeOrSkip(codecs, { topic, partition }, record, log, (code) =>
      instruments.skipped(stage.name, code),
    );
  } catch (error) {
    // Not every topic knows the key of its state: the store names it.
    if (error instanceof MillraceError) throw error;
    return await codecs.decode(topic, record.value);
  }
}
