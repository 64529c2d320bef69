// How far an enricher has come in its topics: what it has handled, and what of that is committed.
import type { Admin, Consumer, TopicPartitionOffset } from 'kafkajs';
import { groupOffsets } from '../committed.ts';
import { endsOf } from '../read-to-end.ts';

const idOf = (topic: string, partition: number) => `${topic}/${partition}`;

export class EnricherOffsets {
  private readonly consumer: Consumer;
  private readonly admin: Admin;
  private readonly groupId: string;
  private readonly topics: readonly string[];
  /** Next offset to read, by topic and partition. */
  private readonly next = new Map<string, number>();
  /** Offsets to commit, by topic and partition. */
  private handled = new Map<string, TopicPartitionOffset>();

  constructor(consumer: Consumer, admin: Admin, groupId: string, topics: readonly string[]) {
    this.consumer = consumer;
    this.admin = admin;
    this.groupId = groupId;
    this.topics = topics;
  }

  /** Where the group stands: what it handled in an earlier life is no lag in this one. */
  async read(): Promise<void> {
    for (const { topic, partitions } of await groupOffsets(this.admin, this.groupId, this.topics)) {
      for (const { partition, offset } of partitions) {
        if (Number(offset) >= 0) this.next.set(idOf(topic, partition), Number(offset));
      }
    }
  }

  /** Everything up to this offset was read, markers of transactions included. */
  passed(topic: string, partition: number, offset: string): void {
    this.next.set(idOf(topic, partition), Number(offset) + 1);
  }

  /** The record at this offset needs not be read again. */
  done(topic: string, partition: number, offset: string): void {
    const next = String(BigInt(offset) + 1n);
    this.handled.set(idOf(topic, partition), { topic, partition, offset: next });
  }

  /** What another member took over is no longer ours to commit. */
  forget(): void {
    this.handled.clear();
  }

  /** What was handled after the last commit is handled again after a crash. */
  async commit(): Promise<void> {
    const { handled } = this;
    this.handled = new Map();
    if (handled.size === 0) return;
    try {
      await this.consumer.commitOffsets([...handled.values()]);
    } catch (error) {
      this.handled = new Map([...handled, ...this.handled]);
      throw error;
    }
  }

  /** Records not handled yet, by the ends of the topics as they are now. */
  async lag(): Promise<number> {
    let lag = 0;
    for (const { topic, partition, low, high } of await endsOf(this.admin, this.topics)) {
      lag += high - (this.next.get(idOf(topic, partition)) ?? low);
    }
    return lag;
  }
}
