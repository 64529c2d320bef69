// A store on a disk that is full.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Backing } from '../../streams/engine/store.ts';
import { smallDisk } from '../support/small-disk.ts';
import { changesOf, contentAfter } from './history.ts';
import { contentOf, lmdbIn, type Note, note } from './support.ts';

const disk = smallDisk('4m');
afterAll(() => disk[Symbol.dispose]());
const onSmallDisk = disk.why === '' ? it : it.skip;

const full = expect.objectContaining({
  code: 'disk-full',
  remedy: 'retry',
  message: expect.stringContaining('There is no room left'),
});

/** Applies the history until that fails. @returns the last transaction that was applied */
function fill(backing: Backing<Note>): number {
  for (let i = backing.checkpoint + 1; i < 10_000; i++) {
    try {
      backing.apply([...changesOf(i), [`more-${i}`, note(`more-${i}`, 'x'.repeat(50_000))]], i);
    } catch (error) {
      expect(error).toEqual(full);
      return i - 1;
    }
  }
  throw new Error('The disk is not full after 10,000 transactions.');
}

describe(`a full disk${disk.why && ` (skipped: ${disk.why})`}`, () => {
  onSmallDisk('stops the store where it was; with room again it goes on from there', () => {
    const dir = join(disk.dir, 'state');
    const ballast = join(disk.dir, 'ballast');
    writeFileSync(ballast, Buffer.alloc(1 << 20));
    using stores = lmdbIn(dir);
    const backing = stores.open();
    const last = fill(backing);
    expect(() => backing.get('key-1')).toThrow(full);
    expect(() => backing.apply([], last + 1)).toThrow(full);

    rmSync(ballast);
    const again = stores.open();
    expect(again.checkpoint).toBe(last);
    const content = contentOf(again);
    for (let i = 1; i <= last; i++) expect(content.delete(`more-${i}`)).toBe(true);
    expect(content).toEqual(contentAfter(last));
    again.apply(changesOf(last + 1), last + 1);
    expect(again.checkpoint).toBe(last + 1);
    expect(stores.lines).toEqual([]);
  });

  onSmallDisk('keeps a store from being opened', () => {
    const dir = join(disk.dir, 'other');
    mkdirSync(dir);
    const ballast = disk.fill();
    using stores = lmdbIn(dir);
    expect(() => stores.open()).toThrow(full);
    ballast[Symbol.dispose]();
    expect(stores.open().size).toBe(0);
  });
});
