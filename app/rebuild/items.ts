// The catalogue is an input: nothing computes it. What is checked is that the table which every process
// keeps of it, made from the first record on, holds what its topic holds by key.

import { decodeOrSkip } from '../../infra/kafka/decode-or-skip.ts';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import { Content } from '../../infra/rebuild/content.ts';
import { latestOf } from '../../infra/rebuild/live.ts';
import { compareTables, type Rebuilt } from '../../infra/rebuild/rebuilt.ts';
import type { RebuildStreams } from '../../infra/rebuild/run-through.ts';
import { type Item, items } from '../../schemas/topics/items.ts';
import { type Catalogue, catalogueTable } from '../../streams/tables/catalogue.ts';

export async function rebuildItems(streams: RebuildStreams): Promise<Rebuilt> {
  const { kafka, log, nameOf, codecs } = streams;
  const catalogue: Catalogue = catalogueTable.create();
  const offsets = new Map<number, number>();
  await using reader = await readTopics({
    kafka,
    log,
    topics: [nameOf(items)],
    onRecords: async (_topic, partition, records, next) => {
      for (const record of records) {
        const { key, value } = record;
        const event =
          value && (await decodeOrSkip(codecs, { topic: items, partition }, record, log));
        if (event !== undefined)
          catalogueTable.apply(catalogue, key?.toString() ?? '', event as Item | null);
      }
      offsets.set(partition, next);
    },
  });
  await reader.caughtUp;
  const live = await latestOf(streams, items);
  const rebuilt = new Content();
  for (const id of catalogue.ids()) {
    rebuilt.put(0, id, catalogue.get(id), codecs.of(items));
  }
  const ends = [...offsets].map(([partition, offset]) => ({
    topic: items.name,
    partition,
    offset,
  }));
  return compareTables(items.name, live, rebuilt, ends);
}
