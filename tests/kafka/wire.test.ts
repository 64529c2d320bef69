import { createRequire } from 'node:module';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { crc32c } from '@node-rs/crc32';
import fc from 'fast-check';
import { patchKafkajs } from '../../infra/kafka/kafkajs-patches.ts';
import { readBatches } from '../../infra/kafka/wire/batch-reader.ts';
import { BatchWriter, written } from '../../infra/kafka/wire/batch-writer.ts';
import { murmur2, partitionOf } from '../../infra/kafka/wire/murmur2.ts';
import { javaBatches, javaRecords } from './java-batches.ts';

const client = createRequire(import.meta.url);
const clientMurmur2 = client('kafkajs/src/producer/partitioners/default/murmur2') as (
  key: Buffer,
) => number;
const ClientDecoder = client('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;
const decodeBatch = client('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: object,
) => Promise<{ records: { key: Buffer; value: Buffer; timestamp: string; offset: string }[] }>;

const identity = { producerId: 4_000_000_001n, producerEpoch: 7 };

interface Sample {
  key: Buffer;
  at: number;
  value: Buffer | null;
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const samples = fc.array(
  fc.record({
    key: bytes,
    at: fc.integer({ min: -(2 ** 45), max: 2 ** 45 }),
    value: fc.option(bytes),
  }),
  { minLength: 1, maxLength: 50 },
);

function batchOf(records: readonly Sample[], base = 0, id = identity, transactional = true) {
  const writer = new BatchWriter(64);
  for (const { key, at, value } of records) writer.append(key, at, value);
  const batch = writer.finish(id, 0, transactional);
  batch.writeBigInt64BE(BigInt(base), 0);
  return batch;
}

const sample = (value: string) => [{ key: Buffer.from('k'), at: 1, value: Buffer.from(value) }];

/** The marker that ends a producer's transaction. */
function marker(base: number, id: typeof identity) {
  const batch = batchOf([{ key: Buffer.alloc(4), at: 0, value: Buffer.alloc(6) }], base, id);
  batch.writeInt16BE(0x30, 21);
  return batch;
}

describe('a record batch', () => {
  it('is what the client itself reads, with a checksum over the rest', async () => {
    await fc.assert(
      fc.asyncProperty(samples, async (records) => {
        const batch = batchOf(records, 100);
        expect(batch.readUInt32BE(17)).toBe(crc32c(batch.subarray(21)));
        const read = await decodeBatch(new ClientDecoder(batch));
        expect(
          read.records.map(({ key, value, timestamp, offset }) => ({
            key: Buffer.from(key),
            value: value === null ? null : Buffer.from(value),
            at: Number(timestamp),
            offset: Number(offset),
          })),
        ).toEqual(records.map((record, i) => ({ ...record, offset: 100 + i })));
      }),
      { numRuns: 50 },
    );
  });

  it('comes back as it went, from the middle too, and cut short it is left for the next fetch', () => {
    fc.assert(
      fc.property(samples, samples, fc.nat(), (first, second, cut) => {
        const a = batchOf(first, 10);
        const b = batchOf(second, 10 + first.length);
        const from = 10 + (cut % first.length);
        const all = readBatches(Buffer.concat([a, b]), from, []);
        expect(all.next).toBe(10 + first.length + second.length);
        expect(all.records.map(({ key, value, timestamp: at }) => ({ key, at, value }))).toEqual(
          [...first, ...second].slice(from - 10),
        );
        const short = readBatches(
          Buffer.concat([a, b.subarray(0, 1 + (cut % (b.length - 1)))]),
          from,
          [],
        );
        expect(short.next).toBe(10 + first.length);
      }),
    );
  });

  it('hides the records of aborted transactions, and markers, but not those of others', () => {
    const other = { producerId: 5n, producerEpoch: 0 };
    const log = Buffer.concat([
      batchOf(sample('aborted'), 0),
      batchOf(sample('kept'), 1, other),
      marker(2, identity),
      batchOf(sample('later'), 3),
      marker(4, other),
    ]);
    const { records, next } = readBatches(log, 0, [
      { producerId: identity.producerId, firstOffset: 0 },
    ]);
    expect(records.map(({ value }) => String(value))).toEqual(['kept', 'later']);
    expect(next).toBe(5);
  });

  it.each([
    ['gzip', 1, gzipSync],
    ['zstd', 4, zstdCompressSync],
  ] as const)('is read when it is compressed with %s', (_name, kind, compress) => {
    const plain = batchOf([{ key: Buffer.from('k'), at: 5, value: Buffer.from('v') }]);
    const batch = Buffer.concat([plain.subarray(0, 61), compress(plain.subarray(61))]);
    batch.writeInt16BE(kind, 21);
    batch.writeInt32BE(batch.length - 12, 8);
    const [record] = readBatches(batch, 0, []).records;
    expect([String(record!.key), String(record!.value), record!.timestamp]).toEqual(['k', 'v', 5]);
  });

  it.each(['snappy', 'lz4', 'zstd', 'gzip'] as const)(
    'is read when a Java client has compressed it with %s',
    async (name) => {
      const batch = Buffer.from(javaBatches[name], 'base64');
      const { records } = readBatches(batch, 0, []);
      expect(records.map(({ key }) => String(key))).toEqual(javaRecords.map(([key]) => key));
      expect(records.map(({ value }) => String(value))).toEqual(javaRecords.map(([, of]) => of));
      // The client that the enrichers read with.
      patchKafkajs();
      const read = await decodeBatch(new ClientDecoder(batch));
      expect(read.records.map(({ key, value }) => [String(key), String(value)])).toEqual(
        javaRecords,
      );
    },
  );

  it('says what it cannot read: malformed, too large, of no kind that there is', () => {
    const refused = (kind: number, body: Buffer) => {
      const batch = Buffer.concat([batchOf(sample('x'), 0).subarray(0, 61), body]);
      batch.writeInt16BE(kind, 21);
      batch.writeInt32BE(batch.length - 12, 8);
      expect(() => readBatches(batch, 0, [])).toThrow(
        expect.objectContaining({ code: 'compression-unsupported' }),
      );
    };
    for (const kind of [1, 2, 3, 4, 5]) refused(kind, Buffer.from([0x05, 0x01, 0x02]));
    for (const name of ['snappy', 'lz4'] as const) {
      const body = Buffer.from(javaBatches[name], 'base64').subarray(61);
      for (let end = 1; end < body.length - 8; end += 7) {
        refused(name === 'lz4' ? 3 : 2, body.subarray(0, end));
      }
    }
    // A plain block of Snappy that says it holds 1 GiB.
    refused(2, Buffer.from([0x80, 0x80, 0x80, 0x80, 0x04, 0x00, 0x61]));
  });

  it('takes values of any size', () => {
    const large = Buffer.alloc(300_000, 'x');
    const value = written((target, at) => {
      if (target.length - at < large.length) return target.length - at - large.length;
      return at + large.copy(target, at);
    });
    expect(value.equals(large)).toBe(true);
  });
});

describe('the partition of a key', () => {
  it('is that of every Kafka client', () => {
    // Values of org.apache.kafka.common.utils.UtilsTest.testMurmur2.
    const published = {
      '21': -973932308,
      foobar: -790332482,
      'a-little-bit-long-string': -985981536,
    };
    for (const [key, hash] of Object.entries(published))
      expect(murmur2(Buffer.from(key))).toBe(hash);
    fc.assert(fc.property(bytes, (key) => murmur2(key) === clientMurmur2(key)));
    expect(partitionOf(Buffer.from('any'), 1)).toBe(0);
  });
});
