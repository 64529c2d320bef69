// A data directory that was named and is not there: made for whoever begins in it, unless the name looks
// mistyped.
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MillraceError } from '../../schemas/errors.ts';
import { distance } from './nearest.ts';
import type { Settings } from './read.ts';

/**
 * What a command does in its data directory: `makes` begins there, `reads` looks at what an earlier run
 * has left, `none` leaves it alone.
 */
export type DataDirUse = 'makes' | 'reads' | 'none';

/**
 * Refuses a directory that was named by a flag, a variable or the file, is not there, and
 * - lies in a folder that is not there either, or
 * - has the data of a Millrace beside it under nearly the same name, or
 * - is to be looked at, and no broker is named that would have the data.
 *
 * The default directory is always made, and so is one that `mkdir` has made.
 * @throws MillraceError `data-dir-missing`
 */
export function checkDataDir({ config, sourceOf }: Settings, use: DataDirUse): void {
  const { dataDir, kafka } = config;
  const source = sourceOf(['dataDir']);
  if (use === 'none' || !source || existsSync(dataDir)) return;
  const refuse = (why: string, todo: string) => {
    throw new MillraceError({
      code: 'data-dir-missing',
      what: `There is no data directory ${dataDir} (${source.name}), and none was made.`,
      why,
      todo,
    });
  };
  const folder = dirname(dataDir);
  const make = `To begin there, make it first: mkdir -p ${dataDir}`;
  if (!existsSync(folder)) {
    refuse(`The folder ${folder} is not there either.`, `Correct the path. ${make}`);
  }
  const near = nearDataDir(dataDir);
  if (near) {
    refuse(`${near} is one: is that meant?`, `Name it with --data-dir ${near}. ${make}`);
  }
  if (use === 'reads' && !kafka) {
    refuse(
      'The command looks at what an earlier run has left.',
      'Name the directory that `millrace run` or `millrace demo` was given, or set KAFKA_BROKERS and SCHEMA_REGISTRY_URL.',
    );
  }
}

/**
 * A data directory beside the one that is missing whose name differs by a slip of the fingers; names
 * that differ in their numbers alone belong to several.
 */
function nearDataDir(missing: string): string | undefined {
  const [folder, name] = [dirname(missing), basename(missing)];
  const most = Math.max(1, Math.floor(name.length / 4));
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && withoutDigits(entry.name) !== withoutDigits(name))
    .map((entry) => ({ path: join(folder, entry.name), far: distance(entry.name, name) }))
    .filter(({ path, far }) => far <= most && far < name.length && isDataDir(path))
    .sort((a, b) => a.far - b.far)[0]?.path;
}

/** Whether a Millrace has worked in the directory. */
const isDataDir = (path: string) =>
  existsSync(join(path, 'run')) || existsSync(join(path, 'logs', 'millrace.log'));

const withoutDigits = (name: string) => name.replace(/\d+/g, '');
