// The hash by which Kafka's own clients choose the partition of a key (murmur2, 32 bits), in integer
// arithmetic; the client's is written with arbitrary precision and costs more than the record itself.
// Source: Austin Appleby's MurmurHash2 with Kafka's seed, as in org.apache.kafka.common.utils.Utils.

const m = 0x5bd1e995;
const seed = 0x9747b28c;

/** Partition of a record with this key, as every Kafka client computes it. */
export function partitionOf(key: Buffer, partitions: number): number {
  return partitions === 1 ? 0 : (murmur2(key) & 0x7fffffff) % partitions;
}

export function murmur2(data: Uint8Array): number {
  const { length } = data;
  let h = seed ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    k = Math.imul(k, m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  const left = length - at;
  if (left > 2) h ^= data[at + 2]! << 16;
  if (left > 1) h ^= data[at + 1]! << 8;
  if (left > 0) h = Math.imul(h ^ data[at]!, m);
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
}
