// The configuration, read once: a flag wins over the environment, the environment over the file, the file
// over the default. Then it is frozen.
import { join, resolve } from 'node:path';
import { home } from '../../infra/own-file.ts';
import { checkRecommender, completed } from './checks.ts';
import { checkCredentials, withCredentials } from './credentials.ts';
import { type ConfigFile, findFile } from './file.ts';
import { type Env, type Flags, type Layer, type Layered, layered } from './layers.ts';
import { leavesOf } from './leaves.ts';
import { invalid, problemsOf } from './problems.ts';
import { type Parsed, schema } from './schema.ts';

export type Config = Readonly<ReturnType<typeof resolved>>;

/** A configuration and where it came from. */
export interface Settings {
  readonly config: Config;
  /** The file; undefined if there is none. */
  readonly file: ConfigFile | undefined;
  readonly sourceOf: Layered['sourceOf'];
}

export interface ReadOptions {
  /** Flags of the command line; `config` names the file. */
  readonly flags?: Flags;
  /** Settings of an application that replace defaults. */
  readonly under?: Layer;
  readonly over?: Layer;
  /** Folder in which millrace.yaml is looked for; null for none. @default the working directory */
  readonly folder?: string | null;
}

export const leaves = leavesOf(schema);

/**
 * Reads the configuration, with the source of each value.
 * @throws MillraceError `config-invalid`, which names every setting that cannot be used
 */
export function readSettings(
  env: Env = process.env,
  { flags = {}, under, over, folder = process.cwd() }: ReadOptions = {},
): Settings {
  const named = (flags.config as string | undefined) ?? (env.MILLRACE_CONFIG?.trim() || undefined);
  const file = folder === null ? undefined : findFile(named, folder);
  const layers = layered({ under, file, over, env, flags }, leaves);
  const pathOf = (key: 'dataDir' | 'partsDir', ...otherwise: string[]) => {
    const given = layers.values[key] ?? join(home, ...otherwise);
    return typeof given === 'string' ? resolve(given) : given;
  };
  const values = {
    ...layers.values,
    dataDir: pathOf('dataDir', '.millrace'),
    partsDir: pathOf('partsDir', '.millrace', 'parts'),
  };
  const { data, error } = schema.safeParse(values);
  const problems = [
    ...(error ? problemsOf(error, leaves) : []),
    ...checkCredentials(values),
    ...checkRecommender(values),
  ];
  if (!data || problems.length > 0) throw invalid(problems, layers, leaves);
  return { config: deepFreeze(resolved(data)), file, sourceOf: (path) => layers.sourceOf(path) };
}

const resolved = (data: Parsed) => ({ ...completed(data), ...withCredentials(data) });

/** Reads the configuration. @throws MillraceError `config-invalid` */
export function readConfig(env?: Env, options?: ReadOptions): Config {
  return readSettings(env, options).config;
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (inner && typeof inner === 'object') deepFreeze(inner);
  }
  return Object.freeze(value);
}
