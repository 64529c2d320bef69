// Records of foreign writers, read as ours: what can be read is, record by record, and what cannot says why.
import { describe, expect, it } from '@jest/globals';
import avsc from 'avsc';
import { arrayOf, enumOf, optional, record, renamed, timestamp } from '../../schemas/avro.ts';
import { createCodec, schemaText } from '../../schemas/codec.ts';
import { widened } from '../../schemas/reading.ts';
import { defineTopic } from '../../schemas/topic.ts';
import { wireFormat } from '../support/foreign-schema.ts';

const tier = enumOf('Tier', ['fast', 'slow']);
const topic = defineTopic({
  name: 'notes',
  doc: 'Notes.',
  key: 'id',
  keyOf: ({ id }) => id,
  timeOf: ({ at }) => at,
  schema: record('Note', 'A note.', [
    { name: 'id', type: 'string' },
    { name: 'at', type: timestamp },
    { name: 'k', type: 'int' },
    { name: 'score', type: 'double' },
    { name: 'tier', type: tier },
    optional('said', 'string'),
    renamed('parts', {
      name: 'items',
      type: arrayOf(
        record('Part', 'A part.', [
          { name: 'itemId', type: 'string' },
          { name: 'weight', type: 'double', default: 1 },
          optional('tier', tier),
        ]),
      ),
    }),
  ]),
});
const note = {
  id: 'n',
  at: 1_700_000_000_000,
  k: 3,
  score: 2,
  tier: 'fast',
  said: 'x',
  items: [{ itemId: 'a', weight: 4, tier: 'slow' }],
};

// biome-ignore lint/suspicious/noExplicitAny: schemas are taken apart as JSON here
type Json = any;

/** The schema of notes, changed. */
function changed(change: (schema: Json, fields: Record<string, Json>) => void): Json {
  const schema = JSON.parse(schemaText(topic));
  const fields = Object.fromEntries(schema.fields.map((field: Json) => [field.name, field]));
  change(schema, fields);
  return schema;
}

/** What is read of an event that a writer of the schema has written. */
function read(schema: Json, event: Json): unknown {
  const codec = createCodec(topic, 1);
  codec.learnSchema(9, schema);
  const type = avsc.Type.forSchema(schema, { registry: {}, wrapUnions: false });
  return codec.decode(wireFormat(9, type.toBuffer(event)));
}

describe('a record of a foreign writer', () => {
  it('has another namespace', () => {
    const schema = schemaText(topic).replaceAll('"millrace"', '"com.acme.events"');
    expect(read(JSON.parse(schema), note)).toEqual(note);
  });

  it('is of an older schema: fields missing, also inside an array of records', () => {
    const schema = changed((one, { items }) => {
      one.fields = one.fields.filter((field: Json) => field.name !== 'said');
      items.type.items.fields = items.type.items.fields.slice(0, 1);
    });
    expect(read(schema, { ...note, items: [{ itemId: 'a' }] })).toEqual({
      ...note,
      said: null,
      items: [{ itemId: 'a', weight: 1, tier: null }],
    });
  });

  it('has more fields, in another order, under earlier names', () => {
    const schema = changed((one, { items }) => {
      items.name = 'parts';
      const [id, at, ...rest] = one.fields;
      one.fields = [{ name: 'device', type: 'string' }, ...rest, at, id];
    });
    expect(read(schema, { ...note, device: 'phone', parts: note.items })).toEqual(note);
  });

  it('has its unions in another order, or none, or with a branch that ours has not', () => {
    const schema = changed((_, { id, said }) => {
      said.type = ['string', 'null'];
      delete said.default;
      id.type = ['null', 'string'];
    });
    expect(read(schema, note)).toEqual(note);
    expect(() => read(schema, { ...note, id: null })).toThrow(/id is null/);
    const plain = changed((_, { said }) => {
      said.type = 'string';
      delete said.default;
    });
    expect(read(plain, note)).toEqual(note);
  });

  it('has narrower numbers, or a long that fits an int', () => {
    const narrow = changed((_, { at, score }) => {
      at.type = 'long';
      score.type = 'int';
    });
    expect(read(narrow, note)).toEqual(note);
    const wide = changed((_, { k }) => {
      k.type = 'long';
    });
    expect(read(wide, note)).toEqual(note);
    expect(() => read(wide, { ...note, k: 2 ** 31 })).toThrow(/k is 2147483648/);
  });

  it('knows one more symbol of an enum: records that do not use it are read', () => {
    const schema = changed((_, { tier: field, items }) => {
      field.type.symbols = ['new', ...field.type.symbols];
      items.type.items.fields[2].type = ['null', 'Tier'];
    });
    expect(read(schema, note)).toEqual(note);
    expect(() => read(schema, { ...note, tier: 'new' })).toThrow(/tier is "new"/);
    const inside = { ...note, items: [{ itemId: 'a', weight: 1, tier: 'new' }] };
    expect(() => read(schema, inside)).toThrow(/items\.0\.tier is "new"/);
  });

  it('is refused where it cannot be told what is meant', () => {
    const micros = changed((_, { at }) => {
      at.type.logicalType = 'timestamp-micros';
    });
    expect(() => read(micros, note)).toThrow(/at is written as timestamp-micros/);
    const text = changed((_, { score }) => {
      score.type = 'string';
    });
    expect(() => read(text, { ...note, score: '2' })).toThrow(/cannot be read as ours/);
    const less = changed((one) => {
      one.fields = one.fields.filter((field: Json) => field.name !== 'k');
    });
    expect(() => read(less, note)).toThrow(/cannot be read as ours/);
  });

  it('of our own schema is read with it as it is', () => {
    expect(widened(topic.schema, JSON.parse(schemaText(topic)))).toBe(topic.schema);
  });
});
