// A checkpoint that is foreign, damaged or too old is thrown away, with a word, and the store is empty.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { openEnvironment } from '../../infra/stores/environment.ts';
import { metadataKey } from '../../infra/stores/keys.ts';
import type { LmdbStoresOptions } from '../../infra/stores/lmdb.ts';
import { type AvroSchema, record, timestamp } from '../../schemas/avro.ts';
import { createCodec } from '../../schemas/codec.ts';
import { defineTopic } from '../../schemas/topic.ts';
import { contentAfter } from './history.ts';
import {
  amend,
  dataFileOf,
  hideChange,
  leaveOpen,
  sessionFileOf,
  transactions,
  written,
} from './left-behind.ts';
import { contentOf, dirOf, lmdbIn, note, notes } from './support.ts';

type Options = Partial<LmdbStoresOptions>;

function expectDiscarded(dir: string, why: RegExp, options: Options = {}, partition = 0): void {
  using stores = lmdbIn(dir, options);
  const backing = stores.open(partition);
  expect([backing.checkpoint, backing.size]).toEqual([0, 0]);
  expect(stores.lines).toEqual([
    expect.objectContaining({
      level: 40,
      code: 'checkpoint-discarded',
      why: expect.stringMatching(why),
    }),
  ]);
}

function expectKept(dir: string, options: Options = {}): void {
  using stores = lmdbIn(dir, options);
  const backing = stores.open();
  expect(backing.checkpoint).toBe(transactions);
  expect(contentOf(backing)).toEqual(contentAfter(transactions));
  expect(stores.lines).toEqual([]);
}

/** The notes with other fields; a codec of its own, which knows no schema but this. */
const codecOfSchema = (
  id: number,
  ...fields: { name: string; type: AvroSchema; default?: unknown }[]
) => {
  const schema = record('Note', 'A text until it is due.', [
    { name: 'key', type: 'string' },
    { name: 'due', type: timestamp },
    ...fields,
  ]);
  const { name, doc, key } = notes;
  return createCodec(defineTopic({ name, doc, key, schema, keyOf: String, timeOf: Number }), id);
};
const text = { name: 'text', type: 'string' } as const;
const more = { name: 'more', type: 'int', default: 5 } as const;

describe('a checkpoint of somebody else', () => {
  it('is thrown away when it comes from another cluster', () => {
    using dir = written();
    expectDiscarded(dir.path, /clusterId is cluster-1, not cluster-2/, { clusterId: 'cluster-2' });
  });

  it.each([
    ['application', 'other/notes/0', { application: 'other' }, 0],
    ['topic', 'app/renamed/0', { nameOf: () => 'renamed' }, 0],
    ['partition', 'app/notes/1', {}, 1],
  ] as const)('is thrown away when its %s is another', (part, to, options, partition) => {
    using dir = written();
    cpSync(dirOf(dir.path), join(dir.path, to), { recursive: true });
    hideChange(join(dir.path, to));
    expectDiscarded(dir.path, new RegExp(`its ${part} is`), options, partition);
  });

  it('is thrown away when its schema ids are of another registry', () => {
    using dir = written();
    const codec = codecOfSchema(7, text, more);
    expectDiscarded(dir.path, /another registry/, { codecOf: () => codec });
  });
});

describe('a checkpoint with an older schema', () => {
  it('is kept where the schema of now follows it, and its values are read as of now', () => {
    using dir = written();
    for (const more8 of [codecOfSchema(8, text, more), codecOfSchema(8, text, more)]) {
      using stores = lmdbIn(dir.path, { codecOf: () => more8 });
      const backing = stores.open();
      expect(backing.checkpoint).toBe(transactions);
      const [key, value] = [...contentAfter(transactions)][0]!;
      expect(backing.get(key)).toEqual({ ...value, more: 5 });
      expect(stores.lines).toEqual([]);
    }
  });

  it('is thrown away where it does not', () => {
    using dir = written();
    const codec = codecOfSchema(8, { name: 'text', type: 'int' });
    expectDiscarded(dir.path, /schema that this one does not follow/, { codecOf: () => codec });
  });
});

describe('an old checkpoint', () => {
  const hours = (count: number) => () => 1_000_000 + count * 3_600_000;

  it('is kept for as long as its changelog surely remembers deletions', () => {
    using dir = written({ now: hours(0) });
    expectKept(dir.path, { now: hours(23) });
    expectKept(dir.path, { now: hours(23) });
  });

  it('is thrown away afterwards', () => {
    using dir = written({ now: hours(0) });
    expectDiscarded(dir.path, /so old/, { now: hours(24) });
  });
});

describe('a store that was closed', () => {
  it.each<[string, (file: string) => void]>([
    ['truncated', (file) => truncateSync(file, statSync(file).size >> 1)],
    ['emptied', (file) => truncateSync(file, 0)],
    ['overwritten', (file) => writeFileSync(file, Buffer.alloc(statSync(file).size, 0xa5))],
  ])('is thrown away when its file was %s since', (_how, damage) => {
    using dir = written();
    damage(dataFileOf(dir.path));
    expectDiscarded(dir.path, /changed after it was closed/);
  });

  it.each<[string, (file: string) => void]>([
    ['gone', (file) => rmSync(file)],
    ['garbled', (file) => writeFileSync(file, '{"format": 2')],
    ['of another format', (file) => amend(file, { format: 0 })],
  ])('is thrown away when the word of how it was closed is %s', (_how, damage) => {
    using dir = written();
    damage(sessionFileOf(dir.path));
    expectDiscarded(dir.path, /nothing tells how/);
  });

  it.each(['identity', 'checkpoint'])('is thrown away when its %s cannot be read', (name) => {
    using dir = written();
    const environment = openEnvironment(dirOf(dir.path));
    environment.putSync(metadataKey(name), Buffer.from('{"next": -1'));
    void environment.close();
    hideChange(dirOf(dir.path));
    expectDiscarded(dir.path, /says of itself/);
  });

  it('is thrown away even when the damage shows only as it is read', () => {
    using dir = written();
    const file = dataFileOf(dir.path);
    const { size } = statSync(file);
    // All but the two pages that LMDB begins with.
    truncateSync(file, 2 * 4096);
    truncateSync(file, size);
    hideChange(dirOf(dir.path));
    const reader = fileURLToPath(new URL('./reader.ts', import.meta.url));
    const child = spawnSync(process.execPath, ['--no-warnings', reader, dir.path]);
    // Whether LMDB ends the process or only complains, the damaged state is not read.
    if (child.status === 0) expect(child.stdout.toString()).toBe('0\n');
    using stores = lmdbIn(dir.path);
    expect(stores.open().size).toBe(0);
  });
});

describe('a store that was left open', () => {
  it('is thrown away, though only its process died', () => {
    using dir = written();
    leaveOpen(dir.path);
    expectDiscarded(dir.path, /its process ended while it was open/);
  });

  it('goes on from nothing after that, and is kept the next time', () => {
    using dir = written();
    leaveOpen(dir.path);
    for (const checkpoint of [0, 3]) {
      using stores = lmdbIn(dir.path);
      const backing = stores.open();
      expect(backing.checkpoint).toBe(checkpoint);
      backing.apply([['a', note('a')]], 3);
      expect([...contentOf(backing)]).toEqual([['a', note('a')]]);
    }
  });
});

describe('a value of which one bit was turned', () => {
  const wanted = contentAfter(transactions);

  /** The file with one bit turned in the stored text of a value. */
  function turned(dir: string, text: string, bit: number): void {
    const file = dataFileOf(dir);
    const bytes = readFileSync(file);
    const at = bytes.lastIndexOf(text);
    expect(at).toBeGreaterThan(0);
    bytes[at + (bit >> 3)]! ^= 1 << (bit & 7);
    writeFileSync(file, bytes);
    hideChange(dirOf(dir));
  }

  it.each([0, 9, 18])('is seen when it is read, and the file is thrown away (bit %i)', (bit) => {
    const [key, value] = [...wanted].find(([, { text }]) => text.length >= 3)!;
    using dir = written();
    turned(dir.path, value.text, bit);
    using stores = lmdbIn(dir.path);
    const backing = stores.open();
    expect(() => {
      // The text may stand in a page of before, too: what is read is what counts.
      expect(backing.get(key)).toEqual(value);
      for (const [id] of wanted) backing.get(id);
    }).toThrow(expect.objectContaining({ code: 'checkpoint-discarded' }));
    expect(stores.lines).toEqual([expect.objectContaining({ code: 'checkpoint-discarded' })]);
  });

  it('of a checkpoint, or of what the file says of itself, is seen when it is opened', () => {
    for (const name of ['identity', 'checkpoint']) {
      using dir = written();
      const environment = openEnvironment(dirOf(dir.path));
      const bytes = Buffer.from(environment.getBinary(metadataKey(name))!);
      // A digit that is another digit: it would still be read as JSON.
      const digit = bytes.findLastIndex((byte) => byte >= 0x30 && byte <= 0x39);
      bytes[digit]! ^= 1;
      environment.putSync(metadataKey(name), bytes);
      void environment.close();
      hideChange(dirOf(dir.path));
      expectDiscarded(dir.path, /says of itself/);
    }
  });
});
