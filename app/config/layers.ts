// One tree of what is set, from the file, the environment and the flags, with the source of each setting.
import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import type { ConfigFile } from './file.ts';
import { elementOf, type Leaf, type Path, shapeOf } from './leaves.ts';
import { schema } from './schema.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Options of the command line, as commander names them. */
export type Flags = Readonly<Record<string, unknown>>;

/** Settings that an application makes by itself. */
export interface Layer {
  /** Name that is shown as the source of the settings. */
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Source {
  readonly kind: 'application' | 'file' | 'environment' | 'flag';
  /** Name of the source, such as `millrace.yaml:12`, a variable or a flag. */
  readonly name: string;
}

export interface Layered {
  readonly values: Readonly<Record<string, unknown>>;
  /** Source of a setting; undefined if it has its default. */
  sourceOf(path: Path): Source | undefined;
  /** Source of a setting or, if it has its default, of the nearest setting around it. */
  sourceNear(path: Path): Source | undefined;
}

export interface Layers {
  /** Settings that replace defaults. */
  readonly under?: Layer | undefined;
  readonly file?: ConfigFile | undefined;
  /** Settings that replace those of the file. */
  readonly over?: Layer | undefined;
  readonly env: Env;
  readonly flags: Flags;
}

/**
 * Sections that the environment alone can begin, each with the variables that do so; without one of
 * these, the section's other variables have no effect.
 */
const begunBy: readonly (readonly [section: readonly string[], by: readonly string[]])[] = [
  [
    ['kafka', 'sasl'],
    ['mechanism', 'username'],
  ],
  [['kafka'], ['brokers']],
  [['registry', 'login'], ['username']],
  [['registry'], ['url']],
  [['clickhouse', 'login'], ['username']],
  [['clickhouse'], ['url']],
];

type Tree = Record<string, unknown>;

export function layered(
  { under, file, over, env, flags }: Layers,
  leaves: readonly Leaf[],
): Layered {
  const values: Tree = {};
  const sources = new Map<string, Source>();
  const put = (path: Path, value: unknown, source: Source) => {
    for (const key of sources.keys())
      if (`${key}.`.startsWith(`${path.join('.')}.`)) sources.delete(key);
    set(values, path, value);
    sources.set(path.join('.'), source);
  };
  const spread = (tree: Tree, sourceOf: (path: Path) => Source) => {
    for (const path of ends(tree, [])) {
      const value = at(tree, path);
      put(
        path,
        file ? withPaths(value, path.join('.'), file.folder, leaves) : value,
        sourceOf(path),
      );
    }
  };
  if (under) spread(under.values, () => ({ kind: 'application', name: under.name }));
  const fileSource = (path: Path): Source => {
    const line = file?.lineOf(path);
    return { kind: 'file', name: `${file?.name}${line === undefined ? '' : `:${line}`}` };
  };
  if (file) spread(file.values, fileSource);
  if (over) spread(over.values, () => ({ kind: 'application', name: over.name }));
  for (const { keys, env: variable } of leaves) {
    const text = variable === undefined ? undefined : env[variable]?.trim();
    if (text) put(keys, ofText(text, keys), { kind: 'environment', name: variable! });
  }
  for (const { keys, flag } of leaves) {
    const value = flag && flagValue(flags, flag);
    if (value !== undefined) put(keys, value, { kind: 'flag', name: flag! });
  }
  for (const [section, by] of begunBy) {
    const found = at(values, section) as Tree | undefined;
    if (!found || at(file?.values ?? {}, section) !== undefined) continue;
    if (by.every((key) => found[key] === undefined)) set(values, section, undefined);
  }
  return {
    values,
    sourceOf(path) {
      return at(values, path) === undefined ? undefined : this.sourceNear(path);
    },
    sourceNear(path) {
      for (let length = path.length; length > 0; length--) {
        const source = sources.get(path.slice(0, length).join('.'));
        if (source) return source.kind === 'file' ? fileSource(path) : source;
      }
      return at(file?.values, path) === undefined ? undefined : fileSource(path);
    },
  };
}

/**
 * The path counted from the folder of the file, if it is relative. An address such as `hf:…` is no
 * path.
 */
function fromFolder(folder: string, path: unknown): unknown {
  return typeof path === 'string' && !/^\w+:/.test(path) ? resolve(folder, path) : path;
}

/** The value that the text of a variable stands for; a list of settings is written as in a file. */
function ofText(text: string, keys: readonly string[]): unknown {
  const field = keys.reduce<z.ZodType>((found, key) => shapeOf(found)![key]!, schema);
  const element = elementOf(field);
  if (!element || !shapeOf(element)) return text;
  try {
    return parse(text);
  } catch {
    return text; // which is no list, and is said to be none
  }
}

/** A value of the file, with paths in it counted from the folder; a list may have some in its elements. */
function withPaths(value: unknown, path: string, folder: string, leaves: readonly Leaf[]): unknown {
  if (leaves.some((leaf) => leaf.isPath && leaf.path === path)) return fromFolder(folder, value);
  if (!Array.isArray(value)) return value;
  const within = leaves.filter((leaf) => leaf.isPath && leaf.path.startsWith(`${path}[].`));
  if (within.length === 0) return value;
  return value.map((one: unknown) => {
    if (!isTree(one)) return one;
    const found = within.map(({ keys }) => keys.at(-1)!).filter((key) => one[key] !== undefined);
    return {
      ...one,
      ...Object.fromEntries(found.map((key) => [key, fromFolder(folder, one[key])])),
    };
  });
}

function flagValue(flags: Flags, flag: string): unknown {
  const no = flag.startsWith('--no-');
  const name = flag
    .slice(no ? 5 : 2)
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (!no) return flags[name];
  return flags[name] === false ? false : undefined;
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function at(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((found, key) => (found as Tree | undefined)?.[key], tree);
}

function set(tree: Tree, path: Path, value: unknown): void {
  const [key, ...rest] = path as readonly string[];
  if (rest.length === 0) tree[key!] = value;
  else {
    if (!isTree(tree[key!])) tree[key!] = {};
    set(tree[key!] as Tree, rest, value);
  }
}

/** Paths of all values: of each list as a whole, then of what is in it. */
function ends(value: unknown, path: Path): Path[] {
  if (isTree(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, one]) => ends(one, [...path, key]));
  }
  if (path.length === 0) return [];
  return [path];
}
