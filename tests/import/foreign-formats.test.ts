// Records of other systems as plain rows: JSON, Avro and Protobuf by a registry; no number is rounded, and
// what cannot be read is refused with a reason.
import { describe, expect, it } from '@jest/globals';
import avsc from 'avsc';
import fc from 'fast-check';
import proto from 'protobufjs';
import { foreignFormats, foreignTopic } from '../../infra/import/foreign/topic.ts';
import { foreignCodec } from '../../infra/registry/foreign-codec.ts';
import type { ForeignFormat, ForeignRow } from '../../schemas/topic.ts';

const header = (id: number) => Buffer.from([0, 0, 0, 0, id]);

function codecOf(name: ForeignFormat['name']) {
  const format = foreignFormats[name];
  return foreignCodec(foreignTopic('shop.events', format), format);
}

const take = (codec: ReturnType<typeof codecOf>, value: Buffer | null) =>
  codec.take({ key: Buffer.from('k'), value }) as ForeignRow;

function refusal(work: () => unknown) {
  try {
    work();
  } catch (error) {
    return error as { code: string; remedy: string; message: string };
  }
  throw new Error('it was taken');
}

describe('JSON', () => {
  it('keeps every digit, with the header of a serializer or without', () => {
    const text = '{"user":9007199254740993,"price":1.50,"items":[{"id":"007"}]}';
    const wanted = { user: '9007199254740993', price: '1.50', items: [{ id: '007' }] };
    const plain = take(codecOf('json'), Buffer.from(text));
    expect(plain).toMatchObject({ row: wanted, key: 'k', raw: Buffer.from(text) });
    expect(take(codecOf('json'), Buffer.concat([header(7), Buffer.from(text)])).row).toEqual(
      wanted,
    );
  });

  it.each([
    ['no JSON', Buffer.from('{"a":')],
    ['no object', Buffer.from('[1]')],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['no value', null],
  ])('refuses what is %s', (_what, value) => {
    const error = refusal(() => take(codecOf('json'), value));
    expect(error).toMatchObject({ code: 'row-unreadable', remedy: 'skip' });
    expect(error.message).toContain('shop.events');
  });
});

describe('Avro', () => {
  const schema = {
    type: 'record',
    name: 'com.shop.View',
    fields: [
      { name: 'user', type: 'long' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'product', type: ['null', 'string'] },
      { name: 'tags', type: { type: 'map', values: 'int' } },
      { name: 'sign', type: 'bytes' },
    ],
  } as const;
  const type = avsc.Type.forSchema(schema as never);
  const bytesOf = (event: unknown) => Buffer.concat([header(3), type.toBuffer(event)]);
  const event = {
    user: 12,
    at: 1_700_000_000_000,
    product: 'p',
    tags: { a: 1 },
    sign: Buffer.from([255]),
  };

  it('reads by the schema that the registry gives, which it is asked for once', () => {
    const codec = codecOf('avro');
    const before = refusal(() => take(codec, bytesOf(event)));
    expect(before).toMatchObject({ code: 'schema-unknown', remedy: 'skip' });
    codec.learnSchema(3, schema);
    expect(codec.knows(3)).toBe(true);
    expect(take(codec, bytesOf(event)).row).toEqual({ ...event, sign: 'ff' });
    const cut = bytesOf(event).subarray(0, 9);
    expect(refusal(() => take(codec, cut))).toMatchObject({ code: 'row-unreadable' });
    const longer = Buffer.concat([bytesOf(event), Buffer.from([1])]);
    expect(refusal(() => take(codec, longer)).message).toContain('left over');
  });

  it('keeps integers of 64 bits, whatever they are', () => {
    const long = avsc.Type.forSchema({
      type: 'record',
      name: 'L',
      fields: [{ name: 'n', type: 'long' }],
    });
    const codec = codecOf('avro');
    codec.learnSchema(4, long.schema());
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n) => {
        const { n: read } = take(codec, Buffer.concat([header(4), zigzag(n)])).row;
        expect(BigInt(read as number)).toBe(n);
        expect(typeof read).toBe(Number.isSafeInteger(Number(n)) ? 'number' : 'bigint');
      }),
    );
  });

  it('refuses every record of a schema that cannot be read, and goes on', () => {
    const codec = codecOf('avro');
    codec.learnSchema(5, { type: 'nothing' });
    codec.learnSchema(3, schema);
    const other = Buffer.concat([header(5), Buffer.from('x')]);
    expect(refusal(() => take(codec, other))).toMatchObject({ code: 'row-unreadable' });
    expect(take(codec, bytesOf(event)).row.user).toBe(12);
  });
});

/** A long as Avro has it. */
function zigzag(n: bigint): Buffer {
  let left = BigInt.asUintN(64, (n << 1n) ^ (n >> 63n));
  const bytes: number[] = [];
  while (left > 127n) {
    bytes.push(Number(left & 127n) | 128);
    left >>= 7n;
  }
  return Buffer.from([...bytes, Number(left)]);
}

describe('Protobuf', () => {
  const schema = `
    syntax = "proto3";
    package shop;
    message Product { string sku = 1; }
    message Event {
      enum Kind { VIEW = 0; BUY = 1; }
      message Line { string sku = 1; double price = 2; }
      int64 user_id = 1;
      Kind kind = 2;
      repeated Line lines = 3;
    }`;
  const { root } = proto.parse(schema, { keepCase: true });
  const encode = (name: string, event: object) => {
    const type = root.lookupType(name);
    return Buffer.from(type.encode(type.fromObject(event)).finish());
  };
  const codec = () => {
    const one = codecOf('protobuf');
    one.learnSchema(9, schema);
    return one;
  };

  it('reads the message that the record names: the first, another, one within another', () => {
    const first = Buffer.concat([
      header(9),
      Buffer.from([0]),
      encode('shop.Product', { sku: 's' }),
    ]);
    expect(take(codec(), first).row).toEqual({ sku: 's' });
    const event = { user_id: '9007199254740993', kind: 'BUY', lines: [{ sku: 'a', price: 2.5 }] };
    // One place, 1: both as zigzag numbers.
    const second = Buffer.concat([header(9), Buffer.from([2, 2]), encode('shop.Event', event)]);
    expect(take(codec(), second).row).toEqual(event);
    const inner = Buffer.concat([
      ...[header(9), Buffer.from([4, 2, 0])],
      encode('shop.Event.Line', { sku: 'b', price: 1 }),
    ]);
    expect(take(codec(), inner).row).toEqual({ sku: 'b', price: 1 });
  });

  it('refuses a message that the schema does not have, and bytes that are none', () => {
    for (const rest of [Buffer.from([2, 8]), Buffer.from([0, 0xff, 0xff])]) {
      const value = Buffer.concat([header(9), rest]);
      expect(refusal(() => take(codec(), value))).toMatchObject({ code: 'row-unreadable' });
    }
  });
});
