// A table of drugs that interact, from a CSV file: drug_1,drug_2, by their names in the log.
import { basename, dirname, resolve } from 'node:path';
import { needFile } from '../../datasets/files.ts';
import { readable, readRows } from '../../datasets/rows.ts';

/**
 * Pairs of names in lower case; null without a file.
 * @throws MillraceError `dataset-file-missing`, `dataset-column-missing`, `dataset-file-unreadable`
 */
export async function interactionsOf(
  file: string | undefined,
): Promise<(readonly [string, string])[] | null> {
  if (file === undefined) return null;
  const whole = resolve(file);
  const path = await needFile('interactions', dirname(whole), [basename(whole)]);
  const pairs: (readonly [string, string])[] = [];
  const columns = ['drug_1', 'drug_2'];
  const rows = readRows(path, { columns, anyCase: true }, ([one = '', other = '']) => {
    return [one.toLowerCase(), other.toLowerCase()] as const;
  });
  for await (const pair of readable(rows)) pairs.push(pair);
  return pairs;
}
