// Amazon's Beauty as sequences, Beauty.txt: a line a user, the user and then the items in order of time
// (McAuley et al. 2015, each user and item five times or more; the file of SASRec's successors).
import { basename } from 'node:path';
import { BadField, idField } from './fields.ts';
import { needFile } from './files.ts';
import { readLines } from './lines.ts';
import type { Read } from './rows.ts';

export interface UserSequence {
  readonly userId: string;
  /** Oldest first. */
  readonly items: readonly string[];
}

/**
 * The lines of the file, in its order.
 * @throws MillraceError `dataset-file-missing`, `dataset-file-unreadable`
 */
export async function* readSequences(folder: string): AsyncGenerator<Read<UserSequence>[]> {
  const path = await needFile('amazon-beauty', folder, ['Beauty.txt']);
  const origin = basename(path);
  for await (const { first, lines } of readLines(path)) {
    yield lines.flatMap((raw, offset): Read<UserSequence>[] => {
      if (raw.trim() === '') return [];
      const at = { origin, line: first + offset, raw };
      try {
        const [userId = '', ...items] = raw.trim().split(/\s+/);
        if (items.length === 0) throw new BadField('it has no items');
        const ids = items.map((id) => idField('item', id));
        return [{ ...at, value: { userId: idField('user', userId), items: ids }, reason: '' }];
      } catch (error) {
        if (!(error instanceof BadField)) throw error;
        return [{ ...at, value: null, reason: error.message }];
      }
    });
  }
}
