// Keeps the global tables of a process up to date from their compacted topics.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { TableSet } from '../../streams/engine/table.ts';
import type { Codecs } from '../registry/registry.ts';
import type { Clock } from './clock.ts';
import { decodeOrSkip } from './decode-or-skip.ts';
import { type Instruments, noInstruments } from './instruments.ts';
import { readTopics, type TopicReader } from './read-to-end.ts';

export interface TableKeeperOptions {
  readonly kafka: Kafka;
  readonly tables: TableSet;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
  /** @default the time of the machine */
  readonly clock?: Clock | undefined;
  readonly instruments?: Instruments | undefined;
  readonly onCrash: (error: unknown) => void;
}

/** Resolves once the tables hold what their topics held at the start; then follows them. */
export async function keepTables(options: TableKeeperOptions): Promise<TopicReader> {
  const { kafka, tables, codecs, nameOf, log, onCrash } = options;
  const { instruments = noInstruments } = options;
  const byName = new Map([...tables.topics].map((topic) => [nameOf(topic), topic]));
  const reader = await readTopics({
    kafka,
    log,
    topics: [...byName.keys()],
    follow: true,
    clock: options.clock,
    onCrash,
    onRecords: async (topicName, partition, records) => {
      const topic = byName.get(topicName)!;
      const place = { topic, partition };
      const onLeftOut = (code: string) => instruments.skipped('tables', code);
      for (const record of records) {
        const event =
          record.value === null ? null : await decodeOrSkip(codecs, place, record, log, onLeftOut);
        if (event !== undefined) tables.apply(topic, record.key?.toString() ?? '', event);
      }
    },
  });
  await reader.caughtUp;
  return reader;
}
