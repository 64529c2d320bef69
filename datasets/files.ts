// Finds the official files of a data set, plain or compressed.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { MillraceError } from '../schemas/errors.ts';

/**
 * Path of the first of `names` that is in the folder, as it is or with `.gz` added; null if none
 * is.
 */
export async function findFile(folder: string, names: readonly string[]): Promise<string | null> {
  for (const name of names.flatMap((plain) => [plain, `${plain}.gz`])) {
    const path = join(folder, name);
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return null;
}

/**
 * Finds a file as `findFile` does, and fails if there is none.
 * @throws MillraceError `dataset-file-missing`
 */
export async function needFile(
  dataset: string,
  folder: string,
  names: readonly string[],
): Promise<string> {
  const path = await findFile(folder, names);
  if (path !== null) return path;
  const wanted = names.join(' or ');
  throw new MillraceError({
    code: 'dataset-file-missing',
    what: `The ${dataset} log needs ${wanted}, and it cannot be found.`,
    why: `Looked in ${folder}, for the plain file and for the one ending in .gz.`,
    todo: `Give the folder that holds ${wanted} of the official ${dataset} download.`,
  });
}
