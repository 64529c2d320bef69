// How a task takes over from whoever had its partition before.
import { setTimeout as sleep } from 'node:timers/promises';
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
  const found = await groupOffsets(admin, groupId, topics);
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

/**
 * What a group has committed, by topic. A broker that has just started loads its groups one after the
 * other, and the client does not ask again when it is told to wait (kafkajs 2.2.4).
 */
export async function groupOffsets(admin: Admin, groupId: string, topics: readonly string[]) {
  for (let tries = 100; ; tries--) {
    try {
      return await admin.fetchOffsets({ groupId, topics: [...topics] });
    } catch (error) {
      if (tries === 0) throw error;
      await sleep(200);
    }
  }
}
