// Keeps the global tables of a process up to date from their compacted topics.
import type { Kafka } from 'kafkajs';
import type { AnyTopic } from '../../schemas/topic.ts';
import { applyToTable, type Tables, tableTopics } from '../../streams/tables/tables.ts';
import type { Codecs } from '../registry/registry.ts';
import { type Reader, readTopics } from './read-to-end.ts';

export interface TableKeeperOptions {
  readonly kafka: Kafka;
  readonly tables: Tables;
  /** Which tables somebody reads. */
  readonly names: readonly (keyof Tables)[];
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly onCrash: (error: Error) => void;
}

/** Resolves once the tables hold what their topics held at the start; then follows them. */
export async function keepTables(options: TableKeeperOptions): Promise<Reader> {
  const { kafka, tables, names, codecs, nameOf, onCrash } = options;
  const byTopic = new Map(names.map((name) => [nameOf(tableTopics[name]), name]));
  const reader = await readTopics({
    kafka,
    topics: [...byTopic.keys()],
    follow: true,
    onCrash,
    onRecords: async (topic, _partition, records) => {
      const name = byTopic.get(topic)!;
      for (const { key, value } of records) {
        const event = value === null ? null : await codecs.decode(tableTopics[name], value);
        applyToTable(tables, name, key!.toString(), event);
      }
    },
  });
  await reader.caughtUp;
  return reader;
}
