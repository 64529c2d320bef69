// Snapshots that cannot be used: not zstd, another hash, numbers that are not finite. The one before stays.
import { createHash } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { decodeParts, encodeParts } from '../../models/codec.ts';
import { codeOf } from '../../schemas/errors.ts';
import type { Snapshot } from '../../schemas/topics/snapshots.ts';
import { SnapshotCache } from '../../streams/engine/snapshot-cache.ts';
import { SnapshotTable } from '../../streams/engine/snapshot-table.ts';

const format = 'test/1';
const weights = (...values: number[]) =>
  encodeParts({ format, meta: null, arrays: { w: Float64Array.from(values) } });
const load = (bytes: Uint8Array) => [...decodeParts(bytes, format).f64('w')];

function chunkOf(version: number, bytes: Uint8Array, part: Partial<Snapshot> = {}): Snapshot {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const data = zstdCompressSync(bytes);
  return { policy: 'p', version, at: 0, chunk: 0, chunks: 1, sha256, offsets: [], data, ...part };
}

describe('a snapshot', () => {
  it.each([
    ['that is no zstd', chunkOf(2, weights(5), { data: Buffer.from('no zstd') })],
    ['of nothing', chunkOf(2, weights(5), { data: Buffer.alloc(0) })],
    ['with another hash', chunkOf(2, weights(5), { sha256: '0'.repeat(64) })],
    ['with a number that is not finite', chunkOf(2, weights(1, Number.NaN))],
  ])('%s is passed over by who serves, and the one before stays', (_what, wrong) => {
    const table = new SnapshotTable();
    const cache = new SnapshotCache<number[] | undefined>('p', undefined, load);
    table.apply(chunkOf(1, weights(1, 2)));
    expect(cache.of(table)).toEqual([1, 2]);
    table.apply(wrong);
    expect(cache.of(table)).toEqual([1, 2]);
    expect(cache.of(table)).toEqual([1, 2]);
    expect(table.corrupt).toBe(1);
    table.apply(chunkOf(3, weights(7)));
    expect(cache.of(table)).toEqual([7]);
  });

  it('with a number that is not finite is none for the stage that learns', () => {
    const table = new SnapshotTable();
    const loaded: (number[] | undefined)[] = [];
    const stage = {
      policy: 'p',
      load: (bytes: Uint8Array | undefined) => void loaded.push(bytes && load(bytes)),
      save: () => weights(),
    };
    table.apply(chunkOf(1, weights(1)));
    expect(table.loadInto(stage)?.version).toBe(1);
    table.apply(chunkOf(2, weights(Number.POSITIVE_INFINITY)));
    expect(table.loadInto(stage)).toBeUndefined();
    expect(table.latest('p')).toBeUndefined();
    expect(loaded).toEqual([[1], undefined]);
  });

  it('of another format still stops the stage', () => {
    const table = new SnapshotTable();
    table.apply(chunkOf(1, new Uint8Array(40)));
    const stage = {
      policy: 'p',
      load: (b: Uint8Array | undefined) => void load(b!),
      save: () => weights(),
    };
    let code = '';
    try {
      table.loadInto(stage);
    } catch (error) {
      code = codeOf(error);
    }
    expect(code).toBe('parameters-unreadable');
  });
});
