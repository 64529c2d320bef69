// The formats below SQL, against bytes that other implementations wrote.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cityHash128 } from '../../infra/clickhouse/wire/city-hash.ts';
import { type FrameMethod, fromFrames, toFrames } from '../../infra/clickhouse/wire/frames.ts';
import { compressLz4 } from '../../infra/clickhouse/wire/lz4.ts';
import { toLz4Frame } from '../../infra/clickhouse/wire/lz4-frame.ts';
import { nativeFor } from '../../infra/clickhouse/wire/native.ts';
import { lz4Block, lz4Decompress } from '../../infra/kafka/wire/lz4.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';

const text = Buffer.from('one two one two one two one two one two three');
const hex = (bytes: string) => Buffer.from(bytes, 'hex');

describe('cityHash128', () => {
  // Byte i is (131 i + 7) mod 251; values by github.com/go-faster/city, CH128.
  it.each([
    [0, '3df09dfc64c09a2b', '3cb540c392e51e29'],
    [3, '2719d30f04a426eb', 'a75210708737086e'],
    [7, 'a2f4923d428f2b55', '736fe05b2d2ad15f'],
    [8, 'b271590fd7f3e18b', '2a6bdd5549bba80c'],
    [15, 'ab267b14bfb538aa', '1ee55abd3839c228'],
    [16, 'fa48737e683403cc', '70c62ffbf6592ea2'],
    [31, '3a459b14d8e41c2c', 'a63876ccf95da4c4'],
    [33, '9d6a053212d753a1', '2de1341e38df90ea'],
    [127, '72e7acb1118699b6', 'e2400179e145b5d2'],
    [128, '0945539e340f5fc0', '020f7be2421d906e'],
    [144, '676bbb8e1711f5d8', 'dc6d02f4f08b9ae2'],
    [145, '1f19234b26137af3', '001e91e3cfc89358'],
    [257, '5989569e3ada41e4', '9a80236dd4b31a55'],
    [1999, 'eefc4fb1eac50c33', '4e5ab3ce28a18795'],
  ])('%d bytes', (length, low, high) => {
    // Both on a boundary of 8 and off it.
    for (const offset of [0, 3]) {
      const bytes = Buffer.alloc(length + offset);
      for (let at = 0; at < length; at += 1) bytes[at + offset] = (at * 131 + 7) % 251;
      const found = cityHash128(bytes.subarray(offset));
      expect(found.map((half) => half.toString(16).padStart(16, '0'))).toEqual([low, high]);
    }
  });
});

describe('LZ4', () => {
  it('reads what it writes', () => {
    const repeating = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2_000 });
    fc.assert(
      fc.property(fc.oneof(repeating, fc.array(fc.integer({ min: 0, max: 255 }))), (values) => {
        const bytes = Buffer.from(values);
        expect(lz4Block(compressLz4(bytes), bytes.length).equals(bytes)).toBe(true);
      }),
    );
  });

  it('makes what repeats shorter, and what does not hardly longer', () => {
    const much = Buffer.alloc(3_000_000, 'abcdefgh');
    expect(compressLz4(much).length).toBeLessThan(12_000);
    const noise = randomBytes(1_000_000);
    const packed = compressLz4(noise);
    expect(packed.length).toBeLessThan(1_004_000);
    expect(lz4Block(packed, noise.length).equals(noise)).toBe(true);
  });

  it('refuses damage', () => {
    const packed = compressLz4(text);
    expect(() => lz4Block(packed.subarray(0, 7), text.length)).toThrow(RangeError);
    expect(() => lz4Block(packed, text.length - 1)).toThrow(RangeError);
    // A match that reaches before the beginning.
    expect(() => lz4Block(Buffer.from([0x10, 0x61, 9, 0, 0]), 20)).toThrow(RangeError);
  });

  it('reads frames of the lz4 command, of both kinds', async () => {
    const plain = '04224d186440a7120000008f6f6e652074776f2008000d50746872656500000000fb356064';
    const full =
      '04224d187c402d0000000000000063120000008f6f6e652074776f2008000d50746872656592de66d900000000fb356064';
    for (const frame of [plain, full]) expect(lz4Decompress(hex(frame), 1_000)).toEqual(text);
    expect(() => lz4Decompress(hex(plain), 20)).toThrow(RangeError);
    const long = Buffer.concat([Buffer.alloc(2_500_000, 'ab'), randomBytes(70_000)]);
    expect(lz4Decompress(await toLz4Frame(long), long.length).equals(long)).toBe(true);
  });
});

describe('frames of ClickHouse', () => {
  // Written by github.com/ClickHouse/ch-go, compress.Writer.
  it.each([
    [
      '928ba04adb4e5d4b42d9e8c5ad947dca02360000002d0000006f6e652074776f206f6e652074776f206f6e652074776f206f6e652074776f206f6e652074776f207468726565',
    ],
    [
      '4dd71939298bc48dec456648a35d60a882260000002d0000008f6f6e652074776f20080001001800d06f6e652074776f207468726565',
    ],
    [
      'eaac2b14aff674be1e36aa391c712f58902a0000002d00000028b52ffd0400a50000686f6e652074776f207468726565015408031d0b58c5d703',
    ],
  ])('reads %s', async (frame) => {
    expect(await fromFrames(hex(frame), 1_000)).toEqual(text);
  });

  it('writes them: not packed, byte for byte', async () => {
    expect((await toFrames(text, 'NONE')).toString('hex')).toBe(
      '928ba04adb4e5d4b42d9e8c5ad947dca02360000002d0000006f6e652074776f206f6e652074776f206f6e652074776f206f6e652074776f206f6e652074776f207468726565',
    );
  });

  it.each<FrameMethod>(['LZ4', 'ZSTD', 'NONE'])(
    '%s: reads what it writes, of any size',
    async (method) => {
      for (const length of [0, 1, 1_048_576, 2_100_000]) {
        const bytes = Buffer.alloc(length, 'some text that repeats, ');
        const frames = await toFrames(bytes, method);
        expect((await fromFrames(frames, length)).equals(bytes)).toBe(true);
        if (length === 0) continue;
        await expect(fromFrames(frames, length - 1)).rejects.toThrow(RangeError);
        frames[20]! ^= 1;
        await expect(fromFrames(frames, length)).rejects.toThrow(RangeError);
      }
    },
  );
});

describe('Native for a protocol version', () => {
  let opened: TestWarehouse;
  beforeAll(async () => {
    opened = await openTestWarehouse();
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
  });
  const native = async (query: string) =>
    Buffer.from((await opened.warehouse.reader.read(query, { format: 'Native' })).body);

  it('begins a block with its info, and says of a column that nothing is special', async () => {
    const old = await native("select toUInt8(7) as a, 'x' as b");
    expect(nativeFor(old, 0)).toEqual(old);
    const [a, b] = [Buffer.from('\x01a\x05UInt8'), Buffer.from('\x01b\x06String')];
    const [seven, x] = [Buffer.from([7]), Buffer.from('\x01x')];
    const counts = Buffer.from([2, 1]);
    const info = Buffer.from([1, 0, 2, 255, 255, 255, 255, 0]);
    const kind = Buffer.from([0]);
    expect(nativeFor(old, 54_405)).toEqual(Buffer.concat([info, counts, a, seven, b, x]));
    expect(nativeFor(old, 54_460)).toEqual(
      Buffer.concat([info, counts, a, kind, seven, b, kind, x]),
    );
  });

  it.each([
    'toInt256(-5)',
    "toFixedString('ab', 5)",
    "toDate32('1950-01-01')",
    "toDateTime64(1, 3, 'UTC')",
    '[1, 2, number]',
    'emptyArrayUInt8()',
    "map('a', number, 'b', 2)",
    "(1, 'x', [number])",
    'tuple()',
    'toLowCardinality(toString(number % 3))',
    "[toLowCardinality('a'), toLowCardinality('b')]",
    'arrayMap(x -> toLowCardinality(toString(x)), range(number % 4))',
    "toLowCardinality(toNullable(if(number % 2, 'q', null)))",
    'cast([] as Array(LowCardinality(String)))',
    "cast(number % 2, 'Enum8(\\'a, (\\' = 0, \\'b\\' = 1)')",
    'toDecimal32(1, 2)',
    'toDecimal64(1, 2)',
    'toDecimal128(1, 2)',
    'toDecimal256(1, 2)',
    'generateUUIDv4()',
    "toIPv4('1.2.3.4')",
    "toIPv6('::1')",
    'true',
    'null',
    'toIntervalDay(3)',
    '[null, number]',
    '[[(1.0, 2.0), (2, 3)]]::Polygon',
    "cast([(1, 'a')] as Nested(a UInt8, b String))",
    "map('k', [(number, toLowCardinality('z'))])",
    '1::BFloat16',
    "cast(('x', 'y') as Tuple(`we ird` String, b LowCardinality(String)))",
  ])('passes over %s', async (expression) => {
    const old = await native(`select ${expression} as c, number from numbers(5)`);
    const blockInfo = 8;
    const kinds = 2;
    expect(nativeFor(old, 54_460).length).toBe(old.length + blockInfo + kinds);
  });

  it('goes through every block', async () => {
    const old = await native('select number, toString(number) as text from numbers(200000)');
    const blocks = Math.ceil(200_000 / 65_409);
    expect(nativeFor(old, 54_405).length).toBe(old.length + 8 * blocks);
    expect(nativeFor(old, 54_460).length).toBe(old.length + (8 + 2) * blocks);
  });

  it('says which column it cannot send', async () => {
    const old = await native('select 1 as a, uniqState(number) as b from numbers(3)');
    expect(() => nativeFor(old, 54_460)).toThrow(
      /AggregateFunction\(uniq, UInt64\).*\(NOT_IMPLEMENTED\)/,
    );
  });
});
