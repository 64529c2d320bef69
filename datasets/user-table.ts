// A table of users whose every column is a feature, as KuaiRec, KuaiRand and RecBole have them.
import { wordField } from './fields.ts';
import { readLines, textOf } from './lines.ts';
import { featuresOf, type LogUser } from './log-user.ts';
import { type Read, readRows } from './rows.ts';
import { splitRow } from './split-row.ts';

/** The columns that the first line of a file names. */
export async function headerOf(path: string, separator = ','): Promise<string[]> {
  for await (const { lines } of readLines(path)) {
    const names = splitRow(textOf(lines[0] ?? ''), separator);
    return typeof names === 'string' ? [] : names.map((name) => name.replace(/^\uFEFF/, '').trim());
  }
  return [];
}

/**
 * Reads the users.
 * @param id column of the user's id
 * @throws MillraceError as `readCsv`
 */
export async function* readUserTable(
  path: string,
  id: string,
  separator: ',' | '\t' = ',',
): AsyncGenerator<Read<LogUser>[]> {
  const names = (await headerOf(path, separator)).filter((name) => name !== id && name !== '');
  yield* readRows(path, { columns: [id, ...names], separator }, ([userId = '', ...fields]) => ({
    userId: wordField(id, userId),
    features: featuresOf(names, fields),
  }));
}
