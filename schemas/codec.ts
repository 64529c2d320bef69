// Events as bytes: Avro binary in the Confluent wire format (a zero byte, the schema id as four
// big-endian bytes, then the value).
import avsc from 'avsc';
import type { RecordSchema } from './avro.ts';
import { eventInvalid, judgeOf } from './border.ts';
import { MillraceError } from './errors.ts';
import { widened } from './reading.ts';
import { type BorderLimits, borderDefaults } from './rules.ts';
import type { AnyTopic } from './topic.ts';

/** Size of magic byte and schema id. */
export const headerBytes = 5;

/**
 * Turns events of one topic into bytes and back. Events are `unknown` here, since a runtime carries
 * every topic alike; `Topic` types what goes in and comes out.
 */
export interface Codec {
  readonly topic: AnyTopic;
  /** Id of the schema that this codec writes with. */
  readonly schemaId: number;
  encode(event: unknown): Buffer;
  /**
   * Writes the event into a buffer from `at` on.
   * @returns the end of what was written; if negative, the buffer is short by that many bytes
   */
  encodeInto(event: unknown, target: Buffer, at: number): number;
  /** @throws `record-undecodable`, `schema-unknown` (ask `learnSchema` first) */
  decode(bytes: Buffer): unknown;
  /**
   * Decodes a record of an input and takes it past the border; a deletion does not decode.
   * @throws `record-undecodable`, `schema-unknown`, `event-invalid`
   */
  take(record: Incoming): unknown;
  /** Whether this codec can read records of the schema id. */
  knows(schemaId: number): boolean;
  /** Takes a writer's schema by id, to be read as ours. @throws `record-undecodable` if it cannot be */
  learnSchema(schemaId: number, schema: unknown): void;
}

/** A record as it comes in. */
export interface Incoming {
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
}

const nothing = Buffer.alloc(0);

/** Schema id of a record in wire format. @throws `record-undecodable` */
export function schemaIdOf(bytes: Buffer): number {
  if (bytes.length < headerBytes || bytes[0] !== 0) {
    throw new MillraceError({
      code: 'record-undecodable',
      what: 'A record is not in the Confluent wire format.',
      why: `It has ${bytes.length} bytes and starts with ${bytes[0] ?? 'nothing'} instead of 0.`,
      todo: 'Produce with a schema-registry serializer; the record is in dead-letters.',
      remedy: 'skip',
    });
  }
  return bytes.readUInt32BE(1);
}

/** @param limits limits of the border that are configured. @default borderDefaults */
export function createCodec(
  topic: AnyTopic,
  schemaId: number,
  limits: BorderLimits = borderDefaults,
): Codec {
  const own = typeOf(JSON.parse(schemaText(topic)));
  const judge = judgeOf(topic, limits);
  const foreign = new Map<number, (bytes: Buffer) => Decoded>();
  /** Why a writer's schema cannot be read; it is found out once, not for each of its records. */
  const refused = new Map<number, MillraceError>();
  let arena = Buffer.allocUnsafe(1 << 16);

  const encodeInto = (event: unknown, target: Buffer, at: number): number => {
    if (target.length < at + headerBytes) return target.length - at - headerBytes;
    target[at] = 0;
    target.writeUInt32BE(schemaId, at + 1);
    return own.encode(event, target, at + headerBytes);
  };

  const decode = (bytes: Buffer): unknown => {
    const id = schemaIdOf(bytes);
    const read = id === schemaId ? undefined : foreign.get(id);
    if (id !== schemaId && !read) throw unknownSchema(topic, id);
    try {
      const { value, offset } = read ? read(bytes) : own.decode(bytes, headerBytes);
      if (offset < 0) throw new Error('it is cut short');
      if (offset !== bytes.length) throw new Error(`${bytes.length - offset} bytes are left over`);
      return value;
    } catch (cause) {
      throw new MillraceError({
        code: 'record-undecodable',
        what: `A record of ${topic.name} does not decode.`,
        why: cause instanceof Error ? cause.message : String(cause),
        todo: 'Look at the original bytes in dead-letters, and at what produced them.',
        remedy: 'skip',
        cause,
      });
    }
  };

  return {
    topic,
    schemaId,
    encodeInto,
    encode(event) {
      // Written in place: avsc's toBuffer costs several times as much as a write into an arena.
      let end = encodeInto(event, arena, 0);
      if (end < 0) {
        arena = Buffer.allocUnsafe(2 * (arena.length - end));
        end = encodeInto(event, arena, 0);
      }
      return Buffer.from(arena.subarray(0, end));
    },
    decode,
    take({ key, value }) {
      const event = decode(value ?? nothing);
      const refusal = judge(event, key === null ? undefined : key.toString());
      if (refusal) throw eventInvalid(topic, refusal);
      return event;
    },
    knows: (id) => id === schemaId || foreign.has(id),
    learnSchema(id, schema) {
      const known = refused.get(id);
      if (known) throw known;
      try {
        foreign.set(id, readerOf(topic, own, schema));
      } catch (cause) {
        const error = cause instanceof MillraceError ? cause : unreadableSchema(topic, id, cause);
        refused.set(id, error);
        throw error;
      }
    },
  };
}

interface Decoded {
  readonly value: unknown;
  /** Offset after the value; −1 if the bytes are cut short. */
  readonly offset: number;
}

/** Reads records of a writer's schema as ours. @throws Error if no record of it can be */
function readerOf(topic: AnyTopic, own: avsc.Type, writer: unknown): (bytes: Buffer) => Decoded {
  const wide = widened(topic.schema, writer);
  const type = wide === topic.schema ? own : typeOf(expandOnce(wide, new Set()));
  // Names match without their namespaces, as the Avro specification has it.
  const options = { ignoreNamespaces: true };
  const resolver = type.createResolver(typeOf(writer), options);
  if (type === own) return (bytes) => own.decode(bytes, headerBytes, resolver);
  return (bytes) => {
    const decoded = type.decode(bytes, headerBytes, resolver);
    if (decoded.offset >= 0) checkOwn(own, decoded.value);
    return decoded;
  };
}

/** @throws Error that names the first field whose value our schema does not have */
function checkOwn(own: avsc.Type, value: unknown): void {
  own.isValid(value, {
    errorHook(path: string[], found: unknown, type: avsc.Type) {
      throw new Error(`${path.join('.')} is ${JSON.stringify(found)}, which ${type} does not have`);
    },
  });
}

function typeOf(schema: unknown): avsc.Type {
  return avsc.Type.forSchema(schema as avsc.Schema, { registry: {} });
}

function unreadableSchema(topic: AnyTopic, id: number, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'record-undecodable',
    what: `The schema ${id} of a record of ${topic.name} cannot be read as ours.`,
    why: cause instanceof Error ? cause.message : String(cause),
    todo: 'Its writer uses another schema: give it a topic of its own, or mend the writer.',
    remedy: 'skip',
    cause,
  });
}

function unknownSchema(topic: AnyTopic, id: number): MillraceError {
  return new MillraceError({
    code: 'schema-unknown',
    what: `A record of ${topic.name} names schema ${id}, which the registry does not know.`,
    why: 'It was produced with another registry, or the schema was deleted.',
    todo: 'Point SCHEMA_REGISTRY_URL at the registry of the producer.',
    remedy: 'skip',
  });
}

/** The schema as JSON, for a registry and for golden copies. */
export function schemaText(topic: AnyTopic): string {
  return spelledOut(topic.schema);
}

/** A schema as JSON in which each named type is spelled out once. */
export function spelledOut(schema: RecordSchema): string {
  return JSON.stringify(expandOnce(schema, new Set()));
}

/**
 * Spells each named type out once and refers to it by name afterwards, as Avro wants; the literals
 * here may repeat it.
 */
function expandOnce(schema: unknown, seen: Set<string>): unknown {
  if (Array.isArray(schema)) return schema.map((one) => expandOnce(one, seen));
  if (typeof schema !== 'object' || schema === null) return schema;
  const entry = schema as {
    name?: string;
    type?: unknown;
    fields?: { type: unknown; rule?: unknown }[];
  };
  if ((entry.type === 'record' || entry.type === 'enum') && entry.name) {
    if (seen.has(entry.name)) return entry.name;
    seen.add(entry.name);
  }
  const copy: Record<string, unknown> = { ...entry };
  if (entry.fields) {
    copy.fields = entry.fields.map(({ rule: _, ...field }) => ({
      ...field,
      type: expandOnce(field.type, seen),
    }));
  }
  for (const part of ['items', 'values'] as const) {
    if (part in copy) copy[part] = expandOnce(copy[part], seen);
  }
  return copy;
}
