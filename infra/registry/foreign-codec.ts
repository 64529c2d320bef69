// Reads the records of a topic of another system as plain rows. Nothing of ours is expected of them.
import { type Codec, type Incoming, schemaIdOf } from '../../schemas/codec.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic, ForeignFormat, ForeignRow } from '../../schemas/topic.ts';

type Reader = ReturnType<ForeignFormat['reader']>;

/** A codec that reads alone: nothing is written to a topic of another system. */
export function foreignCodec(topic: AnyTopic, format: ForeignFormat): Codec {
  const readers = new Map<number, Reader | MillraceError>();
  const plain = format.bySchema ? undefined : format.reader(undefined);

  const readerOf = (bytes: Buffer): Reader => {
    if (plain) return plain;
    const id = schemaIdOf(bytes);
    const reader = readers.get(id) ?? unknownSchema(topic, id);
    if (reader instanceof MillraceError) throw reader;
    return reader;
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
      throw unreadable(topic, 'A record', cause);
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
      if (value === null) throw unreadable(topic, 'A record', new Error('it has no value'));
      // The bytes of a fetch are used again: those of a row may go to the dead letters.
      const raw = Buffer.from(value);
      return { row: rowOf(raw), raw, key: key?.toString() ?? null, at: Math.max(0, timestamp) };
    },
    knows: (id) => readers.has(id),
    learnSchema(id, schema) {
      try {
        readers.set(id, format.reader(schema));
      } catch (cause) {
        readers.set(id, unreadable(topic, `The schema ${id} of a record`, cause));
      }
    },
  };
}

function unreadable({ name }: AnyTopic, what: string, cause: unknown): MillraceError {
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
