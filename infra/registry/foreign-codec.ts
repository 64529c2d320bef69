// Reads the records of a topic of another system as plain rows: JSON, or Avro by the writer's schema.
// Nothing of ours is expected of them, and no number is rounded.
import { parseJson } from '../../datasets/mapping/row.ts';
import { type Codec, headerBytes, type Incoming, schemaIdOf } from '../../schemas/codec.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { ForeignRow } from '../../streams/source/foreign-topic.ts';
import { avroReader } from './foreign-avro.ts';
import { protobufReader } from './foreign-protobuf.ts';

/** Reads the value of a record as a row. @throws Error if it cannot be */
export type RowReader = (bytes: Buffer) => unknown;

/** A codec that reads alone: nothing is written to a topic of another system. */
export function foreignCodec(topic: AnyTopic): Codec {
  const readers = new Map<number, RowReader>();
  const refused = new Map<number, MillraceError>();

  const readerOf = (bytes: Buffer): RowReader => {
    if (topic.foreign === 'json') return readJson;
    const id = schemaIdOf(bytes);
    const reader = readers.get(id);
    if (reader) return reader;
    throw refused.get(id) ?? unknownSchema(topic, id);
  };

  const rowOf = (bytes: Buffer): ForeignRow['row'] => {
    const read = readerOf(bytes);
    try {
      const row = read(bytes);
      if (typeof row === 'object' && row !== null && !Array.isArray(row)) {
        return row as ForeignRow['row'];
      }
      throw new Error('it is no object');
    } catch (cause) {
      throw unreadable(topic, cause);
    }
  };

  return {
    topic,
    schemaId: -1,
    encode: () => neverWritten(topic),
    encodeInto: () => neverWritten(topic),
    decode: rowOf,
    take(record: Incoming & { readonly timestamp?: number }): ForeignRow {
      const { key, value, timestamp = 0 } = record;
      if (value === null) throw unreadable(topic, new Error('it has no value'));
      // The bytes of a fetch are used again: those of a row may go to the dead letters.
      const raw = Buffer.from(value);
      return { row: rowOf(raw), raw, key: key?.toString() ?? null, at: Math.max(0, timestamp) };
    },
    knows: (id) => readers.has(id) || refused.has(id),
    learnSchema(id, schema) {
      try {
        const reader = topic.foreign === 'avro' ? avroReader(schema) : protobufReader(schema);
        readers.set(id, reader);
      } catch (cause) {
        refused.set(id, unreadable(topic, cause, `The schema ${id} of a record`));
      }
    },
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON, with or without the header that a serializer for JSON Schema writes. */
const readJson: RowReader = (bytes) =>
  parseJson(utf8.decode(bytes[0] === 0 ? bytes.subarray(headerBytes) : bytes));

function unreadable({ name }: AnyTopic, cause: unknown, what = 'A record'): MillraceError {
  return new MillraceError({
    code: 'row-unreadable',
    what: `${what} of ${name} cannot be read as a row.`,
    why: cause instanceof Error ? cause.message : String(cause),
    todo: 'Look at its bytes in dead-letters, and at the `format` of the source.',
    remedy: 'skip',
    cause,
  });
}

function unknownSchema({ name }: AnyTopic, id: number): MillraceError {
  return new MillraceError({
    code: 'schema-unknown',
    what: `A record of ${name} names schema ${id}, which is not known here yet.`,
    why: 'It was produced with another registry, or the schema was deleted.',
    todo: 'Point SCHEMA_REGISTRY_URL at the registry of the producer.',
    remedy: 'skip',
  });
}

function neverWritten({ name }: AnyTopic): never {
  throw new MillraceError({
    code: 'topic-undeclared',
    what: `Something would write to ${name}, a topic of another system.`,
    todo: 'Write to a topic of your own.',
  });
}
