// LMDB as a backing: what every backing keeps to, and what is its own.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { identify } from '../../infra/embedded/processes.ts';
import { LayeredStore } from '../../streams/engine/store.ts';
import { describeBacking } from './conformance.ts';
import { contentOf, dirOf, lmdbIn, type Note, note, temporaryDir } from './support.ts';

describeBacking('LMDB', () => {
  const dir = temporaryDir();
  const stores = lmdbIn(dir.path);
  return {
    open: () => stores.open(),
    reopens: true,
    [Symbol.dispose]() {
      stores[Symbol.dispose]();
      dir[Symbol.dispose]();
    },
  };
});

describe('an LMDB store', () => {
  it('is there again after a restart, with its checkpoint and its timers', () => {
    using dir = temporaryDir();
    {
      using before = lmdbIn(dir.path);
      before.open().apply(
        [
          ['a', note('a', 'kept', 10)],
          ['b', note('b', '', 30)],
        ],
        41,
      );
    }
    using after = lmdbIn(dir.path);
    const store = new LayeredStore(after.open(), ({ due }: Note) => due);
    expect(store.checkpoint).toBe(41);
    expect([...store.expire(20)]).toEqual([['a', note('a', 'kept', 10)]]);
    expect(after.lines).toEqual([]);
  });

  it('leaves its checkpoint where it was when the offset is not known', () => {
    using dir = temporaryDir();
    {
      using before = lmdbIn(dir.path);
      const backing = before.open();
      backing.apply([['a', note('a', '1')]], 5);
      backing.apply(
        [
          ['a', note('a', '2')],
          ['b', note('b')],
        ],
        undefined,
      );
      expect(backing.checkpoint).toBe(5);
    }
    using after = lmdbIn(dir.path);
    const backing = after.open();
    expect(backing.checkpoint).toBe(5);
    // The changelog brings again what is there already.
    new LayeredStore(backing).restore(
      [
        ['a', note('a', '2')],
        ['b', note('b')],
      ],
      7,
    );
    expect(contentOf(backing)).toEqual(
      new Map([
        ['a', note('a', '2')],
        ['b', note('b')],
      ]),
    );
    expect(backing.checkpoint).toBe(7);
  });

  it('keeps partitions apart', () => {
    using dir = temporaryDir();
    using stores = lmdbIn(dir.path);
    const [first, second] = [stores.open(0), stores.open(1)];
    first.apply([['a', note('a')]], 1);
    expect([first.size, second.size, second.checkpoint]).toEqual([1, 0, 0]);
  });

  it('outgrows the address space it began with', () => {
    using dir = temporaryDir();
    using stores = lmdbIn(dir.path, { mapBytes: 1 << 18 });
    const backing = stores.open();
    const text = 'x'.repeat(10_000);
    for (let i = 0; i < 400; i++) backing.apply([[`${i}`, note(`${i}`, text)]], i + 1);
    expect(backing.size).toBe(400);
    expect(statSync(join(dirOf(dir.path), 'data.mdb')).size).toBeGreaterThan(4_000_000);
    for (let i = 0; i < 400; i++) expect(backing.get(`${i}`)?.text).toBe(text);
  });

  it('takes no more room than it needs when values are replaced again and again', () => {
    using dir = temporaryDir();
    using stores = lmdbIn(dir.path);
    const backing = stores.open();
    const round = (i: number) => {
      const changes = Array.from({ length: 200 }, (_, k): [string, Note] => {
        return [`${k}`, note(`${k}`, 'x'.repeat(500 + ((i * 31 + k * 17) % 500)))];
      });
      backing.apply(changes, i);
    };
    for (let i = 1; i <= 20; i++) round(i);
    const { size } = statSync(join(dirOf(dir.path), 'data.mdb'));
    for (let i = 21; i <= 500; i++) round(i);
    expect(statSync(join(dirOf(dir.path), 'data.mdb')).size).toBeLessThanOrEqual(size * 1.5);
  });

  it('has one writer: another is refused, and told to try again', () => {
    using dir = temporaryDir();
    using first = lmdbIn(dir.path);
    const backing = first.open();
    using second = lmdbIn(dir.path);
    const refused = expect.objectContaining({
      code: 'state-in-use',
      remedy: 'retry',
      message: expect.stringContaining(String(process.pid)),
    });
    expect(() => second.open()).toThrow(refused);
    backing.apply([['a', note('a')]], 3);
    backing.close();
    expect(second.open().checkpoint).toBe(3);
  });

  it('is refused while another process has it, and free once that has ended', async () => {
    using dir = temporaryDir();
    const child = spawn('sleep', ['60']);
    mkdirSync(join(dirOf(dir.path), '..'), { recursive: true });
    writeFileSync(`${dirOf(dir.path)}.lock`, JSON.stringify(identify(child.pid!)));
    using stores = lmdbIn(dir.path);
    expect(() => stores.open()).toThrow(expect.objectContaining({ code: 'state-in-use' }));
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill();
    await ended;
    expect(stores.open().size).toBe(0);
  });

  it('is taken from a task that was given up without closing it', () => {
    using dir = temporaryDir();
    using stores = lmdbIn(dir.path);
    const lost = stores.open();
    lost.apply([['a', note('a')]], 3);
    const entries = lost.entries()[Symbol.iterator]();
    entries.next();
    const taken = stores.open();
    expect(contentOf(taken).size).toBe(1);
    const closed = expect.objectContaining({ code: 'state-in-use' });
    expect(() => lost.get('a')).toThrow(closed);
    expect(() => lost.apply([['a', null]], 4)).toThrow(closed);
    expect(() => entries.next()).toThrow(closed);
    expect(taken.checkpoint).toBe(3);
  });

  it('is not harmed by a change that cannot be encoded', () => {
    using dir = temporaryDir();
    using stores = lmdbIn(dir.path);
    const backing = stores.open();
    backing.apply([['a', note('a')]], 1);
    const wrong = { ...note('b'), due: 'soon' } as unknown as Note;
    expect(() =>
      backing.apply(
        [
          ['c', note('c')],
          ['b', wrong],
        ],
        2,
      ),
    ).toThrow();
    expect([...contentOf(backing).keys()]).toEqual(['a']);
    expect(backing.checkpoint).toBe(1);
    backing.apply([['c', note('c')]], 2);
    expect(backing.size).toBe(2);
  });

  it('is removed when nothing here has used it for longer than a checkpoint is good for', () => {
    using dir = temporaryDir();
    {
      using before = lmdbIn(dir.path);
      before.open(0).apply([['a', note('a')]], 1);
      before.open(1).apply([['a', note('a')]], 1);
    }
    const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000);
    utimesSync(join(dirOf(dir.path, 1), 'data.mdb'), twoDaysAgo, twoDaysAgo);
    using after = lmdbIn(dir.path);
    expect([0, 1].map((partition) => existsSync(dirOf(dir.path, partition)))).toEqual([
      true,
      false,
    ]);
    expect(after.open(0).checkpoint).toBe(1);
  });
});
