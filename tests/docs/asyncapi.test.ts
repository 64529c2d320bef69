// docs/asyncapi.json names every topic as it is, and holds together as AsyncAPI 3.0 wants it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import avsc from 'avsc';
import { topics } from '../../schemas/index.ts';

interface Message {
  readonly payload: { readonly schemaFormat: string; readonly schema: avsc.Schema };
  readonly bindings: { readonly kafka: { readonly key: { readonly description: string } } };
}

const text = readFileSync(join(import.meta.dirname, '../../docs/asyncapi.json'), 'utf8');
const document = JSON.parse(text) as {
  readonly asyncapi: string;
  readonly channels: Record<
    string,
    { address: string; messages: Record<string, { $ref: string }> }
  >;
  readonly operations: Record<string, { action: string; channel: { $ref: string } }>;
  readonly components: { readonly messages: Record<string, Message> };
};

/** What a reference names; undefined for nothing. */
const named = (ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);

describe('docs/asyncapi.json', () => {
  it('has a channel with its address and message for each topic', () => {
    expect(document.asyncapi).toBe('3.0.0');
    expect(Object.keys(document.channels)).toEqual(topics.map(({ name }) => name));
    for (const { name, schema } of topics) {
      const { address, messages } = document.channels[name]!;
      expect([address, Object.keys(messages)]).toEqual([name, [schema.name]]);
    }
  });

  it('refers to nothing that is not there', () => {
    const refs = [...text.matchAll(/"\$ref": "(#[^"]+)"/g)].map(([, ref]) => ref!);
    expect(refs.length).toBeGreaterThan(2 * topics.length);
    expect(refs.filter((ref) => named(ref) === undefined)).toEqual([]);
    const messages = Object.values(document.operations).map(({ channel }) => named(channel.$ref));
    expect(messages.length).toBeGreaterThan(20);
    expect(messages.filter((one) => one === undefined)).toEqual([]);
  });

  it('gives schemas that Avro reads and that take what ours takes, keys, and no rules of ours', () => {
    for (const { schema, key } of topics) {
      const { payload, bindings } = document.components.messages[schema.name]!;
      expect(payload.schemaFormat).toContain('application/vnd.apache.avro');
      const theirs = avsc.Type.forSchema(payload.schema, { wrapUnions: false });
      const ours = avsc.Type.forSchema(JSON.parse(JSON.stringify(theirs.schema())));
      expect(theirs.fingerprint().equals(ours.fingerprint())).toBe(true);
      expect((payload.schema as { name: string }).name).toBe(schema.name);
      expect(bindings.kafka.key.description).toContain(key);
    }
    expect(text).not.toContain('"rule"');
  });

  it('says which topics are read and which are written', () => {
    expect(document.operations).toHaveProperty(['receive.requests']);
    expect(document.operations).toHaveProperty(['send.impressions']);
    expect(document.operations).not.toHaveProperty(['send.items']);
  });
});
