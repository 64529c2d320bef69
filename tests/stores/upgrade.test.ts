// A store on disk that a release has written is taken up as it is: nothing is restored again.
import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { hideChange } from './left-behind.ts';
import { contentOf, dirOf, lmdbIn, note, temporaryDir } from './support.ts';

const file = join(import.meta.dirname, '../golden/upgrade/0.1.0-ab4c288/state.tar.gz');

/** 2026-11-30T19:25:05Z; a store that is too old is thrown away. */
const recordedAt = 1_796_066_706_000;

it('keeps what 0.1.0 as of ab4c288 has written, up to its checkpoint', () => {
  using dir = temporaryDir();
  mkdirSync(dir.path, { recursive: true });
  execFileSync('tar', ['xzf', file, '-C', dir.path]);
  const unpacked = Date.now() / 1000;
  utimesSync(join(dirOf(dir.path), 'data.mdb'), unpacked, unpacked);
  // The session names the time of the file, which unpacking has changed.
  hideChange(dirOf(dir.path));
  using stores = lmdbIn(dir.path, { now: () => recordedAt });
  const backing = stores.open();
  expect(stores.lines).toEqual([]);
  expect(backing.checkpoint).toBe(20);
  // Of twenty transactions over eight keys the last of each; every fifth deleted: 15 (key 7) and 20 (key 4).
  const last = [16, 17, 18, 19, 13, 14];
  const content = last.map((i) => [`key-${i % 8}`, note(`key-${i % 8}`, `text ${i}`, i)] as const);
  expect(contentOf(backing)).toEqual(new Map(content.sort()));
  backing.apply([['key-9', note('key-9', 'ours', 21)]], 21);
  expect(contentOf(backing).size).toBe(7);
});
