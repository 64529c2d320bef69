import { describe, expect, it } from '@jest/globals';
import avsc from 'avsc';
import { createCodec, schemaIdOf, schemaText } from '../../schemas/codec.ts';
import { codeOf } from '../../schemas/errors.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { items } from '../../schemas/topics/items.ts';
import { clickOf } from '../support/events.ts';

const click = clickOf('c', 'i', 'u', 'a', 1_700_000_000_123);

function codeThrown(act: () => unknown): string {
  try {
    act();
    return 'nothing';
  } catch (error) {
    return codeOf(error);
  }
}

describe('the codec', () => {
  it('writes the Confluent wire format: 0, the schema id, Avro binary', () => {
    const bytes = createCodec(clicks, 258).encode(click);
    expect([...bytes.subarray(0, 5)]).toEqual([0, 0, 0, 1, 2]);
    const plain = avsc.Type.forSchema(JSON.parse(schemaText(clicks)), { registry: {} });
    expect(bytes.subarray(5)).toEqual(plain.toBuffer(click));
    expect(createCodec(clicks, 258).decode(bytes)).toEqual(click);
  });

  it('keeps records apart that are encoded one after the other, however large', () => {
    const codec = createCodec(clicks, 1);
    const large = { ...click, clickId: 'x'.repeat(200_000) };
    const [first, second, third] = [codec.encode(click), codec.encode(large), codec.encode(click)];
    expect(codec.decode(first!)).toEqual(click);
    expect(codec.decode(second!)).toEqual(large);
    expect(codec.decode(third!)).toEqual(click);
  });

  it('writes into the place given, or says how much was missing', () => {
    const codec = createCodec(clicks, 258);
    const whole = codec.encode(click);
    const target = Buffer.alloc(whole.length + 3, 7);
    expect(codec.encodeInto(click, target, 2)).toBe(2 + whole.length);
    expect(target.subarray(2, -1)).toEqual(whole);
    expect([target[0], target[1], target.at(-1)]).toEqual([7, 7, 7]);
    // Two bytes are there for the five of the head; then one is missing of the body.
    expect(codec.encodeInto(click, Buffer.alloc(4), 2)).toBe(-3);
    expect(codec.encodeInto(click, Buffer.alloc(whole.length + 1), 2)).toBe(-1);
  });

  it('reads an older writer’s records once it knows the schema', () => {
    const old = JSON.parse(schemaText(clicks));
    old.fields = old.fields.slice().reverse(); // another order of fields is another encoding
    const bytes = avsc.Type.forSchema(old, { registry: {} }).toBuffer(click);
    const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), bytes]);
    const codec = createCodec(clicks, 1);
    expect(codeThrown(() => codec.decode(framed))).toBe('schema-unknown');
    codec.learnSchema(9, old);
    expect(codec.decode(framed)).toEqual(click);
  });

  it('refuses a writer’s schema that is of something else', () => {
    const codec = createCodec(clicks, 1);
    const foreign = JSON.parse(schemaText(items));
    expect(codeThrown(() => codec.learnSchema(9, foreign))).toBe('record-undecodable');
    expect(codec.knows(9)).toBe(false);
  });

  it('says of bytes that are no record why not', () => {
    const codec = createCodec(clicks, 1);
    expect(codeThrown(() => schemaIdOf(Buffer.from('{"a":1}')))).toBe('record-undecodable');
    expect(codeThrown(() => schemaIdOf(Buffer.alloc(0)))).toBe('record-undecodable');
    const whole = codec.encode(click);
    expect(codeThrown(() => codec.decode(whole.subarray(0, 12)))).toBe('record-undecodable');
    const longer = Buffer.concat([whole, Buffer.from([1])]);
    expect(codeThrown(() => codec.decode(longer))).toBe('record-undecodable');
  });
});
