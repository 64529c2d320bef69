// Reads topics from their beginning, and says when it has passed the end they had at the start.

import { randomUUID } from 'node:crypto';
import type { EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { patience } from './connect.ts';

export interface ReadOptions {
  readonly kafka: Kafka;
  readonly topics: readonly string[];
  /** Partitions to read; the others are left alone. @default all */
  readonly partitions?: readonly number[];
  /** Offsets before the end at which to begin. @default from the beginning */
  readonly tail?: number;
  /** Go on reading after the end was reached. @default false */
  readonly follow?: boolean;
  readonly onRecords: (
    topic: string,
    partition: number,
    records: KafkaMessage[],
  ) => void | Promise<void>;
  /** The consumer died; the reader is of no more use. */
  readonly onCrash?: (error: Error) => void;
}

export interface Reader extends AsyncDisposable {
  /** Committed records up to the ends at the start have all been handed over. */
  readonly caughtUp: Promise<void>;
}

/** Only committed records are read. Uses a group of its own, deleted in the end. */
export async function readTopics(options: ReadOptions): Promise<Reader> {
  const { kafka, topics, onRecords } = options;
  const groupId = `millrace-read-${randomUUID()}`;
  const consumer = kafka.consumer({
    groupId,
    // Whoever follows is content with news a few times a second.
    ...(options.follow ? { minBytes: 1 << 20, maxWaitTimeInMs: 200 } : { maxWaitTimeInMs: 100 }),
    maxBytesPerPartition: 4 << 20,
    retry: patience,
  });
  const admin = kafka.admin();
  await Promise.all([consumer.connect(), admin.connect()]);

  const wanted = (partition: number) => options.partitions?.includes(partition) ?? true;
  const id = (topic: string, partition: number) => `${topic}/${partition}`;
  const found: [string, bigint, bigint][] = [];
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (wanted(partition)) found.push([id(topic, partition), BigInt(low), BigInt(high)]);
    }
  }

  const waiting = new Map<string, bigint>();
  for (const [key, low, high] of found) if (high > low) waiting.set(key, high);
  const { promise: caughtUp, resolve, reject } = Promise.withResolvers<void>();
  caughtUp.catch(() => {});
  let failed = false;
  const moved = (key: string, next: bigint) => {
    const end = waiting.get(key);
    if (end !== undefined && next >= end) waiting.delete(key);
    if (waiting.size === 0) resolve();
  };
  if (waiting.size === 0) resolve();

  // This event also comes for batches of which nothing is left but transaction markers.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.lastOffset !== null && !failed) {
      moved(id(payload.topic, payload.partition), BigInt(payload.lastOffset) + 1n);
    }
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (payload.restart) return;
    reject(payload.error);
    options.onCrash?.(payload.error);
  });
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }: EachBatchPayload) => {
      if (failed || !wanted(batch.partition)) return;
      try {
        await onRecords(batch.topic, batch.partition, batch.messages);
      } catch (error) {
        // Thrown on, it would be taken for a passing trouble and tried again without end.
        failed = true;
        reject(error);
        options.onCrash?.(error as Error);
      }
    },
  });

  if (options.tail !== undefined) {
    for (const [key, low, high] of found) {
      const from = high - BigInt(options.tail);
      const slash = key.lastIndexOf('/');
      const [topic, partition] = [key.slice(0, slash), Number(key.slice(slash + 1))];
      if (from > low) consumer.seek({ topic, partition, offset: String(from) });
    }
  }

  return {
    caughtUp,
    async [Symbol.asyncDispose]() {
      await consumer.disconnect();
      await admin.deleteGroups([groupId]).catch(() => {}); // an idle group expires by itself
      await admin.disconnect();
    },
  };
}
