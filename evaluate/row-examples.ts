// The rows of a log as examples of one item, with the user's state as the stream keeps it.

import { join } from 'node:path';
import type { RowDataset } from '../datasets/dataset.ts';
import type { LogRow } from '../datasets/log-row.ts';
import { LIKED } from '../datasets/movielens.ts';
import { MemoryPipeline } from '../models/memory-pipeline.ts';
import { loggedClick, loggedImpression } from '../schemas/logged-events.ts';
import type { Click } from '../schemas/topics/clicks.ts';
import type { Example } from '../schemas/topics/examples.ts';

export interface RowReading {
  readonly kind: Click['kind'];
  readonly positive: (row: LogRow) => boolean;
  /** Whether a row is an event of the protocol; others are passed over. @default all are */
  readonly counts?: (row: LogRow) => boolean;
}

/** Every rating of MovieLens, as the streams take it. */
export const ratings: RowReading = {
  kind: 'rating',
  positive: ({ value }) => value >= LIKED,
};

export async function* rowExamples(
  dataset: RowDataset,
  folder: string,
  scratch: string,
  { kind, positive, counts = () => true }: RowReading,
): AsyncGenerator<Example> {
  const groupsOf = new Map<string, readonly string[]>();
  for await (const { itemId, groups } of dataset.items(folder)) groupsOf.set(itemId, groups);
  const pipeline = new MemoryPipeline({ groupsOf: (itemId) => groupsOf.get(itemId) ?? [] });
  await using log = await dataset.openRows(folder, { scratch: join(scratch, 'rows') });
  for await (const batch of log.rows()) {
    for (const row of batch) {
      if (!counts(row)) continue;
      const { userId, itemId, at, value, line } = row;
      const impressionId = String(line);
      const click = { clickId: impressionId, impressionId, userId, itemId, at, kind, value };
      yield pipeline.take(loggedImpression({ impressionId, userId, at }, [{ itemId }]), [
        loggedClick({ ...click, positive: positive(row) }),
      ]);
    }
  }
}
