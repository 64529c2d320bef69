// Keeps the offsets of an enricher: what it has handled, and what of that is committed.
import type { Admin, Consumer, TopicPartitionOffset } from 'kafkajs';
import type { Position } from '../../../schemas/topics/positions.ts';
import { groupOffsets } from '../committed.ts';
import { positionOf } from '../positions.ts';
import { endsOf } from '../read-to-end.ts';

/** Records of a partition that were to be read and are not there. */
export interface Missing {
  /** Name of the topic on the broker. */
  readonly topic: string;
  readonly partition: number;
  /** First offset that is missing. */
  readonly from: number;
  /** First offset that is there; below `from` if the topic was made anew. */
  readonly to: number;
}

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
  /** Next offset to handle, by partition and topic, as it was last kept. */
  private readonly kept = new Map<number, Map<string, number>>();

  constructor(consumer: Consumer, admin: Admin, groupId: string, topics: readonly string[]) {
    this.consumer = consumer;
    this.admin = admin;
    this.groupId = groupId;
    this.topics = topics;
  }

  /**
   * Reads where the group stands; what it handled in an earlier run of the process is no lag of
   * this one. Offsets that the group has lost, or that were set back, are set anew: they expire if
   * nobody was in it for a week. While other members run, theirs hold.
   * @param kept positions kept beside the group's offsets, by input partition
   */
  async read(kept: ReadonlyMap<number, Position>): Promise<void> {
    for (const { topic, partitions } of await groupOffsets(this.admin, this.groupId, this.topics)) {
      for (const { partition, offset } of partitions) {
        const own = kept.get(partition)?.inputs.find((one) => one.topic === topic)?.offset ?? -1;
        const of = Number(offset);
        if (Math.max(of, own) >= 0) this.next.set(idOf(topic, partition), Math.max(of, own));
        if (own <= of) continue;
        const partitions = [{ partition, offset: String(own) }];
        await this.admin
          .setOffsets({ groupId: this.groupId, topic, partitions })
          .catch((error: unknown) => {
            if (of < 0) throw error;
          });
      }
    }
  }

  /**
   * Reads where the group stands in partitions that this member was given: others may have had them.
   * @returns input that was to be read and is not there
   */
  async join(assigned: Readonly<Record<string, readonly number[]>>): Promise<Missing[]> {
    for (const { topic, partitions } of await groupOffsets(this.admin, this.groupId, this.topics)) {
      for (const { partition, offset } of partitions) {
        // A fetch may have come first: it is past the markers behind what was handled, the group is not.
        const read = this.next.get(idOf(topic, partition)) ?? -1;
        const next = Math.max(read, Number(offset));
        if (next >= 0) this.next.set(idOf(topic, partition), next);
      }
    }
    const ends = await endsOf(this.admin, this.topics);
    return ends.flatMap(({ topic, partition, low, high }) => {
      const from = this.next.get(idOf(topic, partition));
      if (from === undefined || !assigned[topic]?.includes(partition)) return [];
      return from < low || from > high ? [{ topic, partition, from, to: low }] : [];
    });
  }

  /**
   * Input that is missing before a fetch: the client goes on at the oldest record when those it asks for
   * are gone, and tells nobody.
   * @param asked the offset that the client has asked for
   */
  async missingBefore(topic: string, partition: number, asked: number): Promise<Missing[]> {
    const from = this.next.get(idOf(topic, partition));
    if (from === undefined || asked <= from) return [];
    const ends = await endsOf(this.admin, [topic]);
    const low = ends.find((one) => one.partition === partition)?.low ?? 0;
    return low > from ? [{ topic, partition, from, to: Math.min(low, asked) }] : [];
  }

  /** Notes that everything up to this offset was read, markers of transactions included. */
  passed(topic: string, partition: number, offset: string): void {
    this.next.set(idOf(topic, partition), Number(offset) + 1);
  }

  /** Notes that the record at this offset need not be read again. */
  done(topic: string, partition: number, offset: string): void {
    const next = String(BigInt(offset) + 1n);
    this.handled.set(idOf(topic, partition), { topic, partition, offset: next });
  }

  /**
   * Forgets what is not committed yet: partitions that another member has taken over are no longer
   * ours to commit.
   */
  forget(): void {
    this.handled.clear();
  }

  /**
   * Commits the offsets of what was handled. After a crash, what was handled since the last commit
   * is handled again.
   * @param keep writes the positions that are kept beside the group's offsets
   */
  async commit(keep: (positions: readonly Position[]) => Promise<void>): Promise<void> {
    const { handled } = this;
    this.handled = new Map();
    if (handled.size === 0) return;
    try {
      await keep(this.positionsAfter(handled.values()));
      await this.consumer.commitOffsets([...handled.values()]);
    } catch (error) {
      this.handled = new Map([...handled, ...this.handled]);
      throw error;
    }
  }

  /**
   * Positions of the partitions after these offsets, with what was handled of their other topics.
   */
  private positionsAfter(offsets: Iterable<TopicPartitionOffset>): Position[] {
    const partitions = new Set<number>();
    for (const { topic, partition, offset } of offsets) {
      const inputs = this.kept.get(partition) ?? new Map<string, number>();
      this.kept.set(partition, inputs.set(topic, Number(offset)));
      partitions.add(partition);
    }
    return [...partitions].map((partition) => {
      const inputs = [...this.kept.get(partition)!].map(([topic, offset]) => ({ topic, offset }));
      return positionOf(this.groupId, partition, Number.NEGATIVE_INFINITY, inputs, Date.now());
    });
  }

  /** Number of records not handled yet, by the ends of the topics as they are now. */
  async lag(): Promise<number> {
    let lag = 0;
    for (const { topic, partition, low, high } of await endsOf(this.admin, this.topics)) {
      lag += high - Math.max(low, this.next.get(idOf(topic, partition)) ?? low);
    }
    return lag;
  }
}
