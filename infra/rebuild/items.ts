// The catalogue is an input: nothing computes it. What is checked is that the table which every process
// keeps of it, made from the first record on, holds what its topic holds by key.
import { items } from '../../schemas/topics/items.ts';
import { createTables } from '../../streams/tables/create.ts';
import { applyToTable } from '../../streams/tables/tables.ts';
import { readTopics } from '../kafka/read-to-end.ts';
import { readable } from '../kafka/readable.ts';
import { Content } from './content.ts';
import { latestOf } from './live.ts';
import { compareTables, type Rebuilt } from './rebuilt.ts';
import type { RebuildStreams } from './run-through.ts';

export async function rebuildItems(streams: RebuildStreams): Promise<Rebuilt> {
  const { kafka, log, nameOf, codecs } = streams;
  const tables = createTables();
  const offsets = new Map<number, number>();
  await using reader = await readTopics({
    kafka,
    log,
    topics: [nameOf(items)],
    onRecords: async (_topic, partition, records, next) => {
      for (const record of records) {
        const { key, value } = record;
        const event = value && (await readable(codecs, { topic: items, partition }, record, log));
        if (event !== undefined) applyToTable(tables, 'catalogue', key?.toString() ?? '', event);
      }
      offsets.set(partition, next);
    },
  });
  await reader.caughtUp;
  const live = await latestOf(streams, items);
  const rebuilt = new Content();
  for (const id of tables.catalogue.ids()) {
    rebuilt.put(0, id, tables.catalogue.get(id), codecs.of(items));
  }
  const ends = [...offsets].map(([partition, offset]) => ({
    topic: items.name,
    partition,
    offset,
  }));
  return compareTables(items.name, live, rebuilt, ends);
}
