// Records as other teams' producers write them: older schemas, wider ones, other names and types, bytes that
// are no records. Each says what is to become of it, for every reader alike.
import avsc from 'avsc';
import { schemaText } from '../../schemas/codec.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { events } from '../integration/events.ts';
import { wireFormat } from './foreign-schema.ts';

export interface ForeignRecord {
  readonly writer: string;
  readonly topic: AnyTopic;
  readonly key: string;
  /** Schema of the writer; undefined for bytes that are no record. */
  readonly schema?: Json;
  /** The value, once its schema has an id. */
  readonly value: (schemaId: number) => Buffer | null;
  /** What is read of it; the code under which it is refused. */
  readonly becomes: Json | string;
}

// biome-ignore lint/suspicious/noExplicitAny: schemas and events are taken apart as JSON here
type Json = any;

interface Fields {
  [name: string]: Json;
}

const templates = new Map<AnyTopic, Json>([
  [clicks, events.clicks],
  [impressions, events.impressions],
  [items, events.items],
  [requests, events.requests],
]);
const idOf: Record<string, string> = {
  clicks: 'clickId',
  impressions: 'impressionId',
  items: 'itemId',
  requests: 'requestId',
};

/** The event of a topic that a writer has written, whole. */
function eventOf(topic: AnyTopic, writer: string): Json {
  const type = avsc.Type.forSchema(JSON.parse(schemaText(topic)), { registry: {} });
  // Through its bytes, so that it has every default.
  const whole = type.fromBuffer(
    type.toBuffer({ ...templates.get(topic), [idOf[topic.name]!]: writer }),
  );
  return structuredClone(JSON.parse(JSON.stringify(whole)));
}

interface Change {
  readonly topic: AnyTopic;
  /** Changes the schema, and the event as it is written by it. */
  readonly write: (schema: Json, fields: Fields, event: Json) => Json | undefined;
  /** Changes what is read, or gives the code. @default the event */
  readonly read?: (event: Json) => Json | string;
}

function changed(writer: string, { topic, write, read = (event) => event }: Change): ForeignRecord {
  let schema = JSON.parse(schemaText(topic));
  const fields: Fields = Object.fromEntries(
    schema.fields.map((field: Json) => [field.name, field]),
  );
  const event = eventOf(topic, writer);
  const written = structuredClone(event);
  schema = write(schema, fields, written) ?? schema;
  const type = avsc.Type.forSchema(structuredClone(schema), { registry: {}, wrapUnions: false });
  const datum = type.toBuffer(written);
  return {
    writer,
    topic,
    key: topic.keyOf(event),
    schema,
    value: (id) => wireFormat(id, datum),
    becomes: read(event),
  };
}

function bytes(writer: string, value: Buffer | null): ForeignRecord {
  const becomes = 'record-undecodable';
  return { writer, topic: clicks, key: 'u', value: () => value, becomes };
}

const without = (schema: Json, ...names: string[]) => {
  schema.fields = schema.fields.filter(({ name }: { name: string }) => !names.includes(name));
};
const text = (schema: Json, from: string, to: string) =>
  JSON.parse(JSON.stringify(schema).replaceAll(from, to));
const undecodable = () => 'record-undecodable';
const invalid = () => 'event-invalid';

/** A long that no int holds. */
const tooLong = 2 ** 40;

const changes: Record<string, Change> = {
  'our own schema': { topic: clicks, write: () => undefined },
  'an older schema': {
    topic: clicks,
    write: (schema) => without(schema, 'similarity'),
    read: (click) => ({ ...click, similarity: null }),
  },
  'an older schema inside items': {
    topic: impressions,
    write: (_, { items: shown }) => without(shown.type.items, 'similarity', 'intent'),
    read: (slate) => ({
      ...slate,
      items: slate.items.map((one: Json) => ({ ...one, similarity: null, intent: null })),
    }),
  },
  'names of before': {
    topic: impressions,
    write(_, { servedBy, items: shown }, slate) {
      servedBy.name = 'origin';
      servedBy.type.name = 'Origin';
      for (const name of ['servedBy', 'origin']) slate[name] = slate.servedBy;
      const inside = shown.type.items.fields.find((one: Json) => one.name === 'targetPropensities');
      inside.name = 'shadows';
      for (const one of slate.items) one.shadows = one.targetPropensities;
    },
  },
  'a namespace of its own': {
    topic: clicks,
    write: (schema) => text(schema, '"namespace":"millrace"', '"namespace":"com.acme.events"'),
  },
  'strings of Java': {
    topic: clicks,
    write: (schema) =>
      text(schema, '"type":"string"', '"type":{"type":"string","avro.java.string":"String"}'),
  },
  'one more symbol, not used': {
    topic: clicks,
    write(_, { source }) {
      source.type.symbols = ['imported', ...source.type.symbols];
    },
  },
  'one more symbol, used': {
    topic: clicks,
    write(_, { source }, click) {
      source.type.symbols.push('imported');
      click.source = 'imported';
    },
    read: undecodable,
  },
  'k as long': {
    topic: requests,
    write(_, { k }) {
      k.type = 'long';
    },
  },
  'k beyond an int': {
    topic: requests,
    write(_, { k }, request) {
      k.type = 'long';
      request.k = tooLong;
    },
    read: undecodable,
  },
  'a union in another order': {
    topic: requests,
    write(_, { candidates, said }) {
      for (const field of [candidates, said]) {
        field.type = [...field.type].reverse();
        delete field.default;
      }
    },
  },
  'a union for a plain type': {
    topic: items,
    write(_, { title }) {
      title.type = ['null', 'string'];
    },
  },
  'a union for a plain type, null': {
    topic: items,
    write(_, { title }, item) {
      title.type = ['null', 'string'];
      item.title = null;
    },
    read: undecodable,
  },
  'an int for a double': {
    topic: clicks,
    write(_, { value }) {
      value.type = 'int';
    },
  },
  'a long for a double': {
    topic: impressions,
    write(_, { latencyMs }, slate) {
      latencyMs.type = 'long';
      slate.latencyMs = 7;
    },
    read: (slate) => ({ ...slate, latencyMs: 7 }),
  },
  'more fields, in another order': {
    topic: clicks,
    write(schema, _, click) {
      const device = { name: 'device', type: ['null', 'string'], default: null };
      schema.fields = [
        device,
        ...schema.fields.slice(2),
        ...schema.fields.slice(0, 2),
        { ...device, name: 'os' },
      ];
      Object.assign(click, { device: 'phone', os: null });
    },
  },
  'a required field missing': {
    topic: clicks,
    write: (schema) => without(schema, 'positive'),
    read: undecodable,
  },
  'text for a number': {
    topic: clicks,
    write(_, { value }, click) {
      value.type = 'string';
      click.value = 'five';
    },
    read: undecodable,
  },
  microseconds: {
    topic: clicks,
    write(_, { at }, click) {
      at.type.logicalType = 'timestamp-micros';
      click.at *= 1_000;
    },
    read: undecodable,
  },
  'a value that is no number': {
    topic: clicks,
    write(_, __, click) {
      click.value = Number.NaN;
    },
    read: invalid,
  },
  'another record altogether': {
    topic: clicks,
    write: () => JSON.parse(schemaText(items)),
    read: undecodable,
  },
};
// A click has no title, which the schema of another record wants.
const otherFields = eventOf(items, 'x');

/** Every kind of foreign writer, a record of each. */
export function foreignRecords(): ForeignRecord[] {
  const { 'another record altogether': other, ...rest } = changes;
  const whole = (schema: Json, fields: Fields, click: Json) => {
    Object.assign(click, otherFields);
    return other!.write(schema, fields, click);
  };
  return [
    ...Object.entries(rest).map(([writer, change]) => changed(writer, change)),
    changed('another record altogether', { ...other!, write: whole }),
    bytes('no wire format', Buffer.from('{"clickId":"json"}')),
    bytes('nothing', Buffer.alloc(0)),
    bytes('a deletion where there is none', null),
    bytes('a header alone', Buffer.from([0, 0, 0])),
  ];
}
