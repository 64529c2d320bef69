// Keeps the global tables of a process up to date from their compacted topics.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { AnyTopic } from '../../schemas/topic.ts';
import { applyToTable, type Tables, tableTopics } from '../../streams/tables/tables.ts';
import type { Codecs } from '../registry/registry.ts';
import { type Reader, readTopics } from './read-to-end.ts';
import { readable } from './readable.ts';

export interface TableKeeperOptions {
  readonly kafka: Kafka;
  readonly tables: Tables;
  /** Which tables somebody reads. */
  readonly names: readonly (keyof Tables)[];
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
  readonly onCrash: (error: unknown) => void;
}

/** Resolves once the tables hold what their topics held at the start; then follows them. */
export async function keepTables(options: TableKeeperOptions): Promise<Reader> {
  const { kafka, tables, names, codecs, nameOf, log, onCrash } = options;
  const byTopic = new Map(names.map((name) => [nameOf(tableTopics[name]), name]));
  const reader = await readTopics({
    kafka,
    log,
    topics: [...byTopic.keys()],
    follow: true,
    onCrash,
    onRecords: async (topicName, partition, records) => {
      const name = byTopic.get(topicName)!;
      const place = { topic: tableTopics[name], partition };
      for (const record of records) {
        const event = record.value === null ? null : await readable(codecs, place, record, log);
        if (event !== undefined) applyToTable(tables, name, record.key?.toString() ?? '', event);
      }
    },
  });
  await reader.caughtUp;
  return reader;
}
