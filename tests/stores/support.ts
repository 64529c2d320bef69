// A topic, places and a log for the tests of stores.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type LmdbStoresOptions, openLmdbStores } from '../../infra/stores/lmdb.ts';
import { record, timestamp } from '../../schemas/avro.ts';
import { createCodec } from '../../schemas/codec.ts';
import { defineTopic, type EventOf } from '../../schemas/topic.ts';
import { type Backing, defineStore } from '../../streams/engine/store.ts';

export const notes = defineTopic({
  name: 'notes',
  doc: 'What the stores of these tests hold.',
  key: 'key',
  compacted: true,
  schema: record('Note', 'A text until it is due.', [
    { name: 'key', type: 'string' },
    { name: 'due', type: timestamp },
    { name: 'text', type: 'string' },
  ]),
  keyOf: ({ key }) => key,
  timeOf: ({ due }) => due,
});
export type Note = EventOf<typeof notes>;

export const noteStore = defineStore({
  name: 'notes',
  changelog: notes,
  expiresAt: ({ due }) => due,
});

export const note = (key: string, text = '', due = 0): Note => ({ key, due, text });

export const noteCodec = createCodec(notes, 7);

/** A folder that is gone with the scope. */
export function temporaryDir(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'millrace-stores-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Line {
  readonly level: number;
  readonly code?: string;
  readonly why?: string;
}

/** What was logged as a warning or worse. */
export function watchedLog() {
  const lines: Line[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { log, lines };
}

/** LMDB stores in a folder, as one process would have them. */
export function lmdbIn(dir: string, options: Partial<LmdbStoresOptions> = {}) {
  const { log, lines } = watchedLog();
  const stores = openLmdbStores({
    dir,
    application: 'app',
    clusterId: 'cluster-1',
    codecOf: () => noteCodec,
    nameOf: ({ name }) => name,
    log,
    ...options,
  });
  return {
    lines,
    open: (partition = 0) => stores.open(noteStore, partition) as Backing<Note>,
    [Symbol.dispose]: () => stores[Symbol.dispose](),
  };
}

/** Folder of the store of a partition. */
export const dirOf = (dir: string, partition = 0) => join(dir, 'app', 'notes', String(partition));

export const contentOf = (backing: Pick<Backing<Note>, 'entries'>) => new Map(backing.entries());
