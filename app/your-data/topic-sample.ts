// Looks at topics of other systems: in which format each is, and its last rows. Nothing is guessed of them
// here, and no group is joined.
import '../../streams/engine/disposable-stack.ts';
import type { Row } from '../../datasets/mapping/row.ts';
import type { Source } from '../../datasets/mapping/shape.ts';
import type { SourceRow } from '../../datasets/mapping/source-rows.ts';
import { foreignFormats, foreignTopic } from '../../infra/import/foreign/topic.ts';
import { connectKafka } from '../../infra/kafka/connect.ts';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import { topicName } from '../../infra/kafka/topics.ts';
import type { FetchedRecord } from '../../infra/kafka/wire/batch-reader.ts';
import { registerSchemas } from '../../infra/registry/registry.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { topics as declared } from '../../schemas/index.ts';
import type { AnyTopic, ForeignFormat, ForeignRow } from '../../schemas/topic.ts';
import type { Config } from '../config/read.ts';
import type { Logs } from '../log.ts';
import { findStreams } from '../streams.ts';
import { type FileSample, sourceName } from './sample.ts';

/** Records of each topic that are looked at, the last ones. */
const lookedAt = 500;

/** In this order: JSON is told from the others by its bytes, and Protobuf from Avro by its schema. */
const formats: readonly ForeignFormat['name'][] = ['json', 'protobuf', 'avro'];

/** Stands for every topic that is not of Millrace. */
export const everyTopic = 'topics';

export interface TopicReader extends AsyncDisposable {
  /** Samples topics. @throws MillraceError `topic-missing`, `source-missing` */
  sample(names: readonly string[]): Promise<FileSample[]>;
  /** The last records of the topic of a source, oldest first. */
  rowsOf(source: Source): Promise<SourceRow[]>;
}

/** @throws MillraceError `no-data`, `registry-missing`, and those of the parts */
export async function openTopicReader(config: Config, logs: Logs): Promise<TopicReader> {
  await using stack = new AsyncDisposableStack();
  const { kafka: address, registry } = await findStreams(config, logs, stack, { existing: true });
  const kafka = connectKafka(address, logs.log);
  const admin = kafka.admin();
  await admin.connect();
  stack.defer(() => admin.disconnect());
  const own = new Set(declared.map((topic: AnyTopic) => topicName(topic, config.topics)));

  const recordsOf = async (topic: string): Promise<FetchedRecord[]> => {
    const records: FetchedRecord[] = [];
    await using reader = await readTopics({
      ...{ kafka, log: logs.log, topics: [topic] },
      from: (_topic, _partition, low, high) => Math.max(low, high - lookedAt),
      onRecords: (_topic, _partition, found) => void records.push(...found),
    });
    await reader.caughtUp;
    return records.sort((a, b) => a.timestamp - b.timestamp).slice(-lookedAt);
  };

  const read = async (name: string, format: ForeignFormat['name']): Promise<SourceRow[]> => {
    const topic = foreignTopic(name, foreignFormats[format]);
    const codecs = await registerSchemas(registry, '', [topic]);
    const rows: SourceRow[] = [];
    for (const record of await recordsOf(name)) {
      const { offset: line } = record;
      const raw = record.value?.toString('latin1') ?? '';
      try {
        const { row } = (await codecs.take(topic, record)) as ForeignRow;
        rows.push({
          line,
          raw: format === 'json' ? raw : textIn(row),
          row: row as Row,
          reason: '',
        });
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error;
        rows.push({ line, raw, row: null, reason: error.why ?? error.message });
      }
    }
    return rows;
  };

  const sampled = async (name: string): Promise<FileSample> => {
    let best: FileSample | undefined;
    for (const format of formats) {
      const all = await read(name, format);
      const rows = all.flatMap(({ row }) => (row ? [row] : []));
      const unreadable = all.length - rows.length;
      const origin = { name: sourceName(name), topic: name, format };
      if (!best || rows.length > best.rows.length) best = { origin, name, rows, unreadable };
      if (unreadable * 2 < all.length) break;
    }
    return best!;
  };

  const resources = stack.move();
  return {
    async sample(names) {
      const there = await admin.listTopics();
      const foreign = there.filter((name) => !own.has(name) && !/^_/.test(name)).sort();
      const wanted = names.includes(everyTopic) ? foreign : names;
      const missing = wanted.find((name) => !there.includes(name));
      if (missing !== undefined || wanted.length === 0) throw nothingThere(missing, foreign);
      const samples: FileSample[] = [];
      for (const name of wanted) samples.push(await sampled(name));
      return samples;
    },
    rowsOf: ({ topic, format }) => read(topic!, format as ForeignFormat['name']),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** A row as text of one character a byte; integers beyond 2^53 as their digits. */
function textIn(row: unknown): string {
  const text = JSON.stringify(row, (_name, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return Buffer.from(text).toString('latin1');
}

function nothingThere(name: string | undefined, foreign: readonly string[]): MillraceError {
  return new MillraceError({
    code: 'source-missing',
    what:
      name === undefined
        ? 'The broker has no topic but those of Millrace.'
        : `There is no file, folder or topic ${name}.`,
    why:
      foreign.length > 0
        ? `The broker has the topics ${foreign.slice(0, 12).join(', ')}${foreign.length > 12 ? ' and more' : ''}.`
        : 'It is asked by KAFKA_BROKERS.',
    todo: `Name topics as the broker has them, or \`--from ${everyTopic}\` for all.`,
  });
}
