// One transaction of a task: outputs, changelog and consumed offsets together, or not at all.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message, Producer, TopicMessages, Transaction } from 'kafkajs';

/** One `send` becomes one record batch a partition, and a broker takes batches up to 1 MB. */
const batchBytes = 700_000;

/** The client groups messages in quadratic time, so not too many at once. */
const batchRecords = 2_000;

export interface Offsets {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read. */
  readonly offset: number;
}

export type Outbox = Map<string, Message[]>;

export function addToOutbox(outbox: Outbox, topic: string, message: Message): void {
  const messages = outbox.get(topic);
  if (messages) messages.push(message);
  else outbox.set(topic, [message]);
}

/** Cuts an outbox into requests in which no topic exceeds the limits of a batch. */
export function* requestsOf(outbox: Outbox): Iterable<TopicMessages[]> {
  const taken = new Map<string, number>();
  for (;;) {
    const request: TopicMessages[] = [];
    for (const [topic, messages] of outbox) {
      const from = taken.get(topic) ?? 0;
      let bytes = 0;
      let to = from;
      while (to < messages.length && to - from < batchRecords) {
        bytes += sizeOf(messages[to]!);
        if (bytes > batchBytes && to > from) break;
        to++;
      }
      if (to > from) request.push({ topic, messages: messages.slice(from, to) });
      taken.set(topic, to);
    }
    if (request.length === 0) return;
    yield request;
  }
}

function sizeOf(message: Message): number {
  return (message.key?.length ?? 0) + (message.value?.length ?? 0) + 32;
}

/** Commits an outbox with the offsets it was made from. On failure nothing of it becomes visible. */
export async function commitTransaction(
  producer: Producer,
  outbox: Outbox,
  groupId?: string,
  offsets: readonly Offsets[] = [],
): Promise<void> {
  const transaction = await producer.transaction();
  try {
    for (const topicMessages of requestsOf(outbox)) await transaction.sendBatch({ topicMessages });
    if (groupId && offsets.length > 0) await sendOffsets(transaction, groupId, offsets);
    await transaction.commit();
  } catch (error) {
    if (transaction.isActive()) await transaction.abort().catch(() => {}); // fenced, or unreachable
    throw error;
  }
}

/** Tries again while the broker still writes the markers of the transaction before: ms between. */
const markerWaits = [5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610];

async function sendOffsets(
  transaction: Transaction,
  consumerGroupId: string,
  offsets: readonly Offsets[],
): Promise<void> {
  const topics = offsets.map(({ topic, partition, offset }) => ({
    topic,
    partitions: [{ partition, offset: String(offset) }],
  }));
  // The client retries this by itself for records, but not for offsets alone (kafkajs 2.2.4).
  for (const wait of [...markerWaits, undefined]) {
    try {
      await transaction.sendOffsets({ consumerGroupId, topics });
      return;
    } catch (error) {
      if ((error as { type?: string }).type !== 'CONCURRENT_TRANSACTIONS') throw error;
      if (wait === undefined) throw error;
      await sleep(wait);
    }
  }
}

/** Takes over a transactional id: what a predecessor left open is aborted, and it is fenced. */
export async function fence(producer: Producer): Promise<void> {
  const transaction = await producer.transaction();
  await transaction.abort();
}
