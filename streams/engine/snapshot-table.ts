// The latest whole snapshot of each policy, put together from its chunks.
import { createHash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { codeOf } from '../../schemas/errors.ts';
import { type Snapshot, snapshots } from '../../schemas/topics/snapshots.ts';
import type { SnapshotState } from './stage.ts';
import { defineTable } from './table.ts';

export interface LatestSnapshot {
  readonly policy: string;
  readonly version: number;
  /** The next offset of each input, from which a replay goes on. */
  readonly offsets: Snapshot['offsets'];
  /** The parameters, as `save` wrote them. */
  readonly bytes: Uint8Array;
}

export class SnapshotTable {
  private readonly chunks = new Map<string, Map<number, Snapshot>>();
  private readonly whole = new Map<string, LatestSnapshot>();
  /** Number of snapshots that are not used: they do not match their hash, or cannot be loaded. */
  corrupt = 0;

  latest(policy: string): LatestSnapshot | undefined {
    return this.whole.get(policy);
  }

  /** Takes one chunk; chunks of one snapshot come in one transaction, in order. */
  apply(chunk: Snapshot): void {
    const { policy, version, sha256, offsets } = chunk;
    // A reader that begins anew passes old snapshots on its way to the latest.
    if (version < (this.whole.get(policy)?.version ?? 0)) return;
    let chunks = this.chunks.get(policy) ?? new Map<number, Snapshot>();
    const started = chunks.values().next().value;
    if (started && (started.version !== version || started.sha256 !== sha256)) chunks = new Map();
    chunks.set(chunk.chunk, chunk);
    this.chunks.set(policy, chunks);
    if (chunks.size < chunk.chunks) return;
    this.chunks.delete(policy);
    const parts = [...chunks.values()].sort((a, b) => a.chunk - b.chunk);
    const bytes = decompressed(Buffer.concat(parts.map((part) => part.data)));
    if (!bytes || createHash('sha256').update(bytes).digest('hex') !== sha256) {
      this.corrupt++;
      return;
    }
    this.whole.set(policy, { policy, version, offsets, bytes });
  }

  /**
   * Loads the latest snapshot into a stage, whose state is empty without one. Numbers that are not
   * finite would stay for good, so a snapshot with such is none: the stage learns anew from the log.
   * @returns the snapshot that was loaded
   */
  loadInto({ policy, load }: SnapshotState): LatestSnapshot | undefined {
    const latest = this.latest(policy);
    try {
      load(latest?.bytes);
      return latest;
    } catch (error) {
      if (codeOf(error) !== 'parameters-not-finite') throw error;
      this.corrupt++;
      this.whole.delete(policy);
      load(undefined);
      return undefined;
    }
  }
}

/** Largest size of a snapshot, bytes. */
const mostBytes = 2_147_483_648;

/** The bytes of a whole snapshot; undefined if they are no zstd. */
function decompressed(data: Buffer): Buffer | undefined {
  try {
    return zstdDecompressSync(data, { maxOutputLength: mostBytes });
  } catch {
    return undefined;
  }
}

/**
 * The table of snapshots; the runtime keeps it for every stage with a `snapshot` and for every step
 * that declares it.
 */
export const snapshotTable = defineTable(snapshots, {
  name: 'snapshots',
  create: () => new SnapshotTable(),
  apply: (table, _key, chunk) => {
    if (chunk) table.apply(chunk);
  },
});
