// The two requests that carry records, read and written in one pass. Everything else the client says.
// Formats: https://kafka.apache.org/protocol (Produce 7, Fetch 10)
import { type AbortedTransaction, type FetchedRecord, readBatches } from './batch-reader.ts';
import { BufferReader, BufferWriter } from './buffers.ts';
import type { Call } from './cluster.ts';
import { handOver } from './hand-over.ts';

export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}

export interface Produced {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** Offset of the first record of the batch; −1 if the broker does not say. */
  readonly baseOffset: number;
}

const timeoutMs = 30_000;

/** Appends one batch to each of some partitions, acknowledged by all replicas in sync. */
export function produceCall(
  transactionalId: string,
  batches: readonly PartitionBatch[],
): Call<{ readonly partitions: readonly Produced[]; readonly clientSideThrottleTime: number }> {
  return {
    request: {
      apiKey: 0,
      apiVersion: 7,
      apiName: 'Produce',
      async encode() {
        const byTopic = Map.groupBy(batches, ({ topic }) => topic);
        let bytes = 64 + transactionalId.length * 3;
        for (const { topic, batch } of batches) bytes += 32 + topic.length * 3 + batch.length;
        const out = new BufferWriter(bytes);
        out.string(transactionalId);
        out.int16(-1);
        out.int32(timeoutMs);
        out.int32(byTopic.size);
        for (const [topic, of] of byTopic) {
          out.string(topic);
          out.int32(of.length);
          for (const { partition, batch } of of) {
            out.int32(partition);
            out.bytes(batch);
          }
        }
        return handOver(out.done());
      },
    },
    response: {
      async decode(payload) {
        const from = new BufferReader(payload);
        const partitions: Produced[] = [];
        for (let topics = from.int32(); topics > 0; topics--) {
          const topic = from.string();
          for (let count = from.int32(); count > 0; count--) {
            const partition = from.int32();
            const errorCode = from.int16();
            const baseOffset = Number(from.int64());
            from.int64(); // log append time
            from.int64(); // log start offset
            partitions.push({ topic, partition, errorCode, baseOffset });
          }
        }
        return { partitions, clientSideThrottleTime: from.int32() };
      },
      parse: async (decoded) => decoded,
    },
  };
}

export interface FetchPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface FetchLimits {
  /** Time that the broker may wait for `minBytes`, ms. */
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** End of the partition, records of open transactions included. */
  readonly highWatermark: number;
  /** Offset up to which every transaction had ended: a broker gives nothing beyond it. */
  readonly lastStable: number;
  readonly records: readonly FetchedRecord[];
  /** Offset to fetch next. */
  readonly next: number;
}

/**
 * Committed records of some partitions, from given offsets on, by their leader: asked in a later version
 * than 10, a broker that has become a follower answers, too (KIP-392), and the end it names lags.
 */
export function fetchCall(
  positions: readonly FetchPosition[],
  limits: FetchLimits,
): Call<{
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
  readonly clientSideThrottleTime: number;
}> {
  const wanted = new Map(positions.map((at) => [`${at.topic}/${at.partition}`, at.offset]));
  return {
    request: {
      apiKey: 1,
      apiVersion: 10,
      apiName: 'Fetch',
      async encode() {
        const byTopic = Map.groupBy(positions, ({ topic }) => topic);
        const out = new BufferWriter(64 + positions.length * 64 + positions.length * 3 * 249);
        out.int32(-1); // not a replica
        out.int32(limits.maxWaitMs);
        out.int32(limits.minBytes);
        out.int32(limits.maxBytes);
        out.int8(1); // committed records only
        out.int32(0); // no fetch session
        out.int32(-1);
        out.int32(byTopic.size);
        for (const [topic, of] of byTopic) {
          out.string(topic);
          out.int32(of.length);
          for (const { partition, offset } of of) {
            out.int32(partition);
            out.int32(-1); // leader epoch: not known
            out.int64(BigInt(offset));
            out.int64(-1n);
            out.int32(limits.maxBytesPerPartition);
          }
        }
        out.int32(0); // nothing to forget
        return handOver(out.done());
      },
    },
    response: {
      async decode(payload) {
        const from = new BufferReader(payload);
        const clientSideThrottleTime = from.int32();
        const errorCode = from.int16();
        from.int32(); // session
        const partitions: FetchedPartition[] = [];
        for (let topics = from.int32(); topics > 0; topics--) {
          const topic = from.string();
          for (let count = from.int32(); count > 0; count--) {
            partitions.push(readPartition(from, topic, wanted));
          }
        }
        return { clientSideThrottleTime, errorCode, partitions };
      },
      parse: async (decoded) => decoded,
    },
  };
}

function readPartition(
  from: BufferReader,
  topic: string,
  wanted: ReadonlyMap<string, number>,
): FetchedPartition {
  const partition = from.int32();
  const errorCode = from.int16();
  const highWatermark = Number(from.int64());
  const lastStable = Number(from.int64());
  from.int64(); // log start offset
  const aborted: AbortedTransaction[] = [];
  for (let count = from.int32(); count > 0; count--) {
    aborted.push({ producerId: from.int64(), firstOffset: Number(from.int64()) });
  }
  const start = wanted.get(`${topic}/${partition}`) ?? 0;
  const { records, next } = readBatches(from.bytes(), start, aborted);
  return { topic, partition, errorCode, highWatermark, lastStable, records, next };
}
