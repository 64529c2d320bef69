// The files of Amazon's reviews in a folder, by their official names; a folder may hold several categories.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MillraceError } from '../schemas/errors.ts';

export interface AmazonFile {
  readonly path: string;
  /** Category in the name, such as `All_Beauty`. */
  readonly category: string;
  readonly kind: 'reviews' | 'products' | 'ratings';
  /** Whether the name is that of ratings of 2014, which begin with the user. */
  readonly userFirst: boolean;
}

/**
 * `reviews_Beauty_5.json` (2014), `All_Beauty_5.json` (2018), `All_Beauty.jsonl` (2023), `meta_…` of each,
 * `ratings_Beauty.csv` (2014), `All_Beauty.csv` (2018, 2023), `All_Beauty.train.csv` (splits of 2023).
 */
const NAME =
  /^(?<kind>reviews_|meta_|ratings_)?(?<category>[A-Z][A-Za-z_&]*?)(?:_\d+)?(?:\.(?:train|valid|test))?\.(?<ending>jsonl?|csv)(?:\.gz)?$/;

/** The files, by name. @throws MillraceError `dataset-file-missing` if none has reviews */
export async function amazonFiles(folder: string): Promise<AmazonFile[]> {
  const names = (await readdir(folder).catch(() => [])).sort();
  const files = names.flatMap((name): AmazonFile[] => {
    const { kind, category, ending } = NAME.exec(name)?.groups ?? {};
    if (category === undefined) return [];
    const text = kind === 'meta_' ? 'products' : ending === 'csv' ? 'ratings' : 'reviews';
    const userFirst = kind === 'ratings_';
    return [{ path: join(folder, name), category, kind: text, userFirst }];
  });
  if (files.some(({ kind }) => kind !== 'products')) return files;
  throw new MillraceError({
    code: 'dataset-file-missing',
    what: 'The amazon-reviews log needs a file of reviews or ratings, and it cannot be found.',
    why: `Looked in ${folder}, for names such as All_Beauty.jsonl (2023), All_Beauty_5.json (2018), reviews_Beauty_5.json (2014) and ratings_Beauty.csv (ratings only), plain or ending in .gz.`,
    todo: 'Give the folder that holds the files under their official names. Histories (test.jsonl) are the set amazon-beauty.',
  });
}
