// Gathers what one transaction writes: records in batches by partition, encoded as they are added. A
// record's timestamp is the clock's, never the event's: retention is told by it, and a broker refuses one
// that is ahead of its own clock.
import type { Codec } from '../../schemas/codec.ts';
import { defaultErrorPolicy } from './errors-policy.ts';
import { tooLarge } from './failures.ts';
import {
  BatchWriter,
  bytesOf,
  noHeaders,
  type ProducerIdentity,
  type RecordHeader,
  written,
} from './wire/batch-writer.ts';
import { partitionOf } from './wire/murmur2.ts';
import type { PartitionBatch } from './wire/requests.ts';

/**
 * Largest size of a batch of several records, bytes: a broker takes up to 1 MB unless it is told
 * otherwise.
 */
const mostBatchBytes = 900_000;

interface PartitionOutbox {
  readonly topic: string;
  readonly partition: number;
  readonly writers: BatchWriter[];
}

export class Outbox {
  /** Number of records added. */
  count = 0;
  private readonly maxRecordBytes: number;
  private readonly batchBytes: number;
  private writtenAt: number | undefined;
  private readonly byTopic = new Map<string, Map<number, PartitionOutbox>>();

  /**
   * @param maxRecordBytes largest size of a record's key and value
   * @param writtenAt timestamp of the records, ms. @default the time at which the first is added
   */
  constructor(maxRecordBytes: number = defaultErrorPolicy.maxRecordBytes, writtenAt?: number) {
    this.maxRecordBytes = maxRecordBytes;
    this.writtenAt = writtenAt;
    // The broker's limit is on batches: where it is lower than usual, so are they.
    this.batchBytes = Math.min(mostBatchBytes, maxRecordBytes);
  }

  /**
   * Adds a record, encoded by its codec; `null` is a tombstone.
   * @param where the partition, or the topic's number of partitions to choose one by the key
   * @throws MillraceError `record-too-large`; the record is then not added
   */
  add(
    topic: string,
    where: { readonly partition: number } | { readonly of: number },
    key: string,
    codec: Codec,
    event: unknown | null,
    headers: readonly RecordHeader[] = noHeaders,
  ): void {
    const keyBytes = Buffer.from(key);
    const value =
      event === null ? null : written((target, at) => codec.encodeInto(event, target, at));
    const bytes = keyBytes.length + (value?.length ?? 0) + bytesOf(headers);
    if (bytes > this.maxRecordBytes) throw tooLarge(topic, key, bytes, this.maxRecordBytes);
    const partition = 'of' in where ? partitionOf(keyBytes, where.of) : where.partition;
    this.writtenAt ??= Date.now();
    this.writer(topic, partition, bytes).append(keyBytes, this.writtenAt, value, headers);
    this.count++;
  }

  topics(): string[] {
    return [...this.byTopic.keys()];
  }

  /** Partitions with records, by topic. */
  partitions(): { topic: string; partitions: number[] }[] {
    return [...this.byTopic].map(([topic, of]) => ({
      topic,
      partitions: [...of.keys()],
    }));
  }

  /** Finished batches in rounds: at most one a partition in each. */
  finish(
    identity: ProducerIdentity,
    sequenceOf: (topic: string, partition: number, count: number) => number,
  ): PartitionBatch[][] {
    const rounds: PartitionBatch[][] = [];
    for (const { topic, partition, writers } of this.outboxes()) {
      for (const [round, writer] of writers.entries()) {
        const sequence = sequenceOf(topic, partition, writer.count);
        rounds[round] ??= [];
        rounds[round].push({ topic, partition, batch: writer.finish(identity, sequence, true) });
      }
    }
    return rounds;
  }

  private *outboxes(): Iterable<PartitionOutbox> {
    for (const partitions of this.byTopic.values()) yield* partitions.values();
  }

  private writer(topic: string, partition: number, bytes: number): BatchWriter {
    let partitions = this.byTopic.get(topic);
    if (!partitions) {
      partitions = new Map();
      this.byTopic.set(topic, partitions);
    }
    let outbox = partitions.get(partition);
    if (!outbox) {
      outbox = { topic, partition, writers: [] };
      partitions.set(partition, outbox);
    }
    const last = outbox.writers.at(-1);
    if (last && last.bytes + bytes < this.batchBytes) return last;
    const writer = new BatchWriter();
    outbox.writers.push(writer);
    return writer;
  }
}
