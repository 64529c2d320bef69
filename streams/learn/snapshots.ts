// A policy's parameters as records: compressed, and cut so that each stays under a broker's limit.
import { createHash } from 'node:crypto';
import { constants, zstdCompressSync } from 'node:zlib';
import type { Snapshot } from '../../schemas/topics/snapshots.ts';

/** Bytes of parameters a record carries: well under the usual message limit of 1 MB. */
export const chunkBytes = 700_000;

export interface SnapshotHead {
  readonly policy: string;
  readonly version: number;
  readonly at: number;
  readonly offsets: Snapshot['offsets'];
}

export function snapshotRecords(head: SnapshotHead, bytes: Uint8Array): Snapshot[] {
  const data = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const chunks = Math.max(1, Math.ceil(data.length / chunkBytes));
  return Array.from({ length: chunks }, (_, chunk) => ({
    ...head,
    chunk,
    chunks,
    sha256,
    data: data.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes),
  }));
}
