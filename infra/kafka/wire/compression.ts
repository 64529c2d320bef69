// The compressions of a record batch, by their number in its attributes: every one that Kafka knows is
// read, whichever client reads. https://kafka.apache.org/documentation/#recordbatch
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { MillraceError } from '../../../schemas/errors.ts';
import { lz4Decompress } from './lz4.ts';
import { snappyDecompress } from './snappy.ts';

/** Largest size that a compressed batch may grow to, bytes: a guard against bombs. */
const largestBatch = 256 << 20;

type Decompress = (bytes: Buffer) => Buffer;

/** Reads each compression, by its number. @throws MillraceError `compression-unsupported` */
export const compressions: ReadonlyMap<number, { name: string; decompress: Decompress }> = new Map(
  [
    {
      name: 'gzip',
      decompress: (bytes: Buffer) => gunzipSync(bytes, { maxOutputLength: largestBatch }),
    },
    { name: 'snappy', decompress: (bytes: Buffer) => snappyDecompress(bytes, largestBatch) },
    { name: 'lz4', decompress: (bytes: Buffer) => lz4Decompress(bytes, largestBatch) },
    {
      name: 'zstd',
      decompress: (bytes: Buffer) => zstdDecompressSync(bytes, { maxOutputLength: largestBatch }),
    },
  ].map(({ name, decompress }, i) => [
    i + 1,
    { name, decompress: (bytes) => readWith(name, decompress, bytes) },
  ]),
);

/** The records of a compressed batch, as plain bytes. @throws MillraceError `compression-unsupported` */
export function decompress(kind: number, bytes: Buffer): Buffer {
  const compression = compressions.get(kind);
  if (!compression) throw unreadable(`of kind ${kind}`, 'Kafka has no such compression.');
  return compression.decompress(bytes);
}

function readWith(name: string, read: Decompress, bytes: Buffer): Buffer {
  try {
    return read(bytes);
  } catch (cause) {
    throw unreadable(name, cause instanceof Error ? cause.message : String(cause));
  }
}

/** The error for a batch whose bytes end before its records do, or after them. */
export function cutShort(kind: number): MillraceError {
  return unreadable(compressions.get(kind)!.name, 'Its bytes are not those of its records.');
}

function unreadable(name: string, why: string): MillraceError {
  return new MillraceError({
    code: 'compression-unsupported',
    what: `A record batch, compressed with ${name}, cannot be read.`,
    why,
    todo: 'Look at what produced it. Copy the topic up to it and after it, and read the copy.',
  });
}
