// The log that comes with Millrace.
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../schemas/errors.ts';

/** Folder of the MovieLens sample. */
export const movielensSample = fileURLToPath(new URL('../data/movielens-small', import.meta.url));

/**
 * Folder of a data set's sample; only MovieLens has one.
 * @throws MillraceError `dataset-file-missing`
 */
export function sampleFolder(dataset: string): string {
  if (dataset === 'movielens') return movielensSample;
  throw new MillraceError({
    code: 'dataset-file-missing',
    what: `No folder with the files of ${dataset} was named.`,
    why: 'Only a MovieLens sample comes with Millrace.',
    todo: 'Name the folder (docs/data-sets.md says where to get each set).',
  });
}
