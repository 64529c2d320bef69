// A policy's parameters as records: compressed, and cut so that each stays under a broker's limit.
import { createHash } from 'node:crypto';
import { constants, zstdCompressSync } from 'node:zlib';
import { type Snapshot, snapshots } from '../../schemas/topics/snapshots.ts';
import type { Context, RecordMetadata } from './stage.ts';

/** Bytes of parameters a record carries: well under the usual message limit of 1 MB. */
export const chunkBytes = 700_000;

interface SnapshotHead {
  readonly policy: string;
  readonly version: number;
  readonly at: number;
  readonly offsets: Snapshot['offsets'];
}

/** The chunks of one snapshot, in order. */
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

/** The greatest event time that a task has seen, ms; 0 before any. */
export const lastTime = ({ streamTime }: Pick<Context, 'streamTime'>): number =>
  Number.isFinite(streamTime) ? streamTime : 0;

/**
 * Emits a snapshot of the state after a record, with the offset of the record that comes next.
 * @param at event time of the snapshot, ms
 */
export function writeSnapshot(
  context: Context,
  { topic, partition, offset }: RecordMetadata,
  at: number,
  { name: policy, version }: { readonly name: string; readonly version: number },
  bytes: Uint8Array,
): void {
  const offsets = [{ topic, partition, offset: offset + 1 }];
  for (const record of snapshotRecords({ policy, version, at, offsets }, bytes)) {
    context.emit(snapshots, record);
  }
}
