// RecBole's atomic files: tables between tabs, whose header gives each column a name and a type.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MillraceError } from '../schemas/errors.ts';
import { headerOf } from './user-table.ts';

export type AtomicKind = 'inter' | 'item' | 'user';

export interface AtomicColumn {
  /** The column as the header has it, such as `user_id:token`. */
  readonly full: string;
  readonly name: string;
  /** `token`, `token_seq`, `float` or `float_seq`. */
  readonly type: string;
}

/** Tabs stand between fields; nothing is quoted. */
export const atomic = { separator: '\t' } as const;

/** Files of a kind, by name: one, or the parts and splits of one set. */
export async function atomicFiles(folder: string, kind: AtomicKind): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const found = names.filter((name) => new RegExp(`\\.${kind}(?:\\.gz)?$`).test(name)).sort();
  if (found.length > 0 || kind !== 'inter') return found.map((name) => join(folder, name));
  const beside = names.map((name) => /^(.+)\.(?:item|user|kg|link|net)$/.exec(name)?.[1]);
  const set = beside.find((name) => name !== undefined) ?? 'ml-100k';
  throw new MillraceError({
    code: 'dataset-file-missing',
    what: `The recbole log needs a file such as ${set}.inter, and it cannot be found.`,
    why: `Looked in ${folder} for names that end in .inter or .inter.gz.`,
    todo: 'Give the folder of one set in RecBole’s atomic files.',
  });
}

export async function columnsOf(path: string): Promise<AtomicColumn[]> {
  return (await headerOf(path, '\t')).map((full) => {
    const [name = '', type = ''] = full.split(':');
    return { full, name, type };
  });
}

/** The column of the ids that a table of items or users is by: its first token. */
export async function keyOf(folder: string, kind: 'item' | 'user'): Promise<string | undefined> {
  const [path] = await atomicFiles(folder, kind);
  if (path === undefined) return undefined;
  return (await columnsOf(path)).find(({ type }) => type === 'token')?.name;
}

/** What the columns of the interactions are; undefined where there is none. */
export interface Interactions {
  readonly user: AtomicColumn | undefined;
  readonly item: AtomicColumn | undefined;
  readonly time: AtomicColumn | undefined;
  /** 1 or 0, whether a shown item was taken. */
  readonly label: AtomicColumn | undefined;
  readonly rating: AtomicColumn | undefined;
}

const TIMES = ['timestamp', 'time', 'unix_timestamp', 'ts', 'date'];
const LABELS = ['label', 'click', 'is_click', 'clicked'];
const RATINGS = ['rating', 'stars', 'overall', 'score', 'rate', 'watch_ratio'];

export async function interactionsOf(folder: string, path: string): Promise<Interactions> {
  const columns = await columnsOf(path);
  const [userKey, itemKey] = await Promise.all([keyOf(folder, 'user'), keyOf(folder, 'item')]);
  const named = (names: readonly (string | undefined)[], type: string) =>
    names.flatMap((name) => columns.find((one) => one.name === name && one.type === type) ?? [])[0];
  const ids = columns.filter(({ name, type }) => type === 'token' && /id$/.test(name));
  const item = named([itemKey, 'item_id'], 'token');
  const user =
    named([userKey, 'user_id', 'session_id'], 'token') ?? ids.find((column) => column !== item);
  return {
    user,
    item: item ?? ids.find((column) => column !== user),
    time: named(TIMES, 'float'),
    label: named(LABELS, 'float'),
    rating: named(RATINGS, 'float'),
  };
}

/** The error for a file without the columns of a log. */
export function withoutColumns(path: string, names: readonly string[]): MillraceError {
  return new MillraceError({
    code: 'dataset-column-missing',
    what: `${path.split('/').at(-1)} has no column user_id:token and item_id:token.`,
    why: `Its first line names: ${names.join(', ') || 'nothing'}.`,
    todo: 'Give the atomic files as RecBole has them, with names and types in the first line.',
  });
}
