// Rebuilds the stores of tasks from their changelogs, before the tasks run.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Stage } from '../../streams/stage.ts';
import type { Task } from '../../streams/task.ts';
import type { Codecs } from '../registry/registry.ts';
import { readTopics } from './read-to-end.ts';

export interface RestoreOptions {
  readonly kafka: Kafka;
  readonly stage: Stage;
  readonly tasks: readonly Task[];
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
}

/** Reads the committed records of every changelog into the tasks' stores. Fence the writers first. */
export async function restoreStores(options: RestoreOptions): Promise<void> {
  const { kafka, stage, tasks, codecs, nameOf, log } = options;
  if (stage.stores.length === 0 || tasks.length === 0) return;
  const byTopic = new Map(stage.stores.map((store) => [nameOf(store.changelog), store]));
  const byPartition = new Map(tasks.map((task) => [task.partition, task]));
  let restored = 0;
  await using reader = await readTopics({
    kafka,
    topics: [...byTopic.keys()],
    partitions: [...byPartition.keys()],
    onRecords: async (topic, partition, records) => {
      const store = byTopic.get(topic)!;
      const task = byPartition.get(partition);
      const changes: [string, unknown][] = [];
      for (const { key, value } of records) {
        const state = value === null ? null : await codecs.decode(store.changelog, value);
        changes.push([key!.toString(), state]);
      }
      task?.stateOf(store).restore(changes, Number(records.at(-1)!.offset) + 1);
      restored += records.length;
    },
  });
  await reader.caughtUp;
  if (restored > 0) log.info({ stage: stage.name, records: restored }, 'state is restored');
}
