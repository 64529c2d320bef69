// How a task takes over from whoever had its partition before.
import type { Admin, Kafka, Producer } from 'kafkajs';
import { fence } from './transaction.ts';

/** The producer of a transactional id; a predecessor that still runs is fenced by it. */
export async function takeOver(kafka: Kafka, transactionalId: string): Promise<Producer> {
  const producer = kafka.producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: 60_000,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  try {
    await fence(producer);
    return producer;
  } catch (error) {
    await producer.disconnect().catch(() => {});
    throw error;
  }
}

/** Next offsets of a partition, by topic: what the group has committed, else the beginning. */
export async function committedOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
  partition: number,
): Promise<number[]> {
  const found = await admin.fetchOffsets({ groupId, topics: [...topics] });
  return Promise.all(
    topics.map(async (topic) => {
      const of = found.find((one) => one.topic === topic)?.partitions;
      const offset = Number(of?.find((one) => one.partition === partition)?.offset ?? -1);
      if (offset >= 0) return offset;
      const ends = await admin.fetchTopicOffsets(topic);
      return Number(ends.find((one) => one.partition === partition)?.low ?? 0);
    }),
  );
}
