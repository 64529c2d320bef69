// Avro of another system, by the schema that its writer registered.
import avsc from 'avsc';
import { headerBytes } from '../../../schemas/codec.ts';
import type { ForeignFormat } from '../../../schemas/topic.ts';

/** Integers of 64 bits: a number where it is exact, else a bigint, so that ids keep every digit. */
const long = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => exact(bytes.readBigInt64LE()),
  toBuffer(value: number | bigint) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: Number,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
  compare: (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

const exact = (value: bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;

export const avro: ForeignFormat = { name: 'avro', bySchema: true, reader };

function reader(schema: unknown) {
  const type = avsc.Type.forSchema(schema as avsc.Schema, { registry: { long } });
  return (bytes: Buffer) => {
    const { value, offset } = type.decode(bytes, headerBytes);
    if (offset < 0) throw new Error('it is cut short');
    if (offset !== bytes.length) throw new Error(`${bytes.length - offset} bytes are left over`);
    return plain(value);
  };
}

/** Values as rows have them: bytes become hexadecimal digits. */
function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}
