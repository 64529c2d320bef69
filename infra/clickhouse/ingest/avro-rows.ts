// Rows for ClickHouse in Avro: the columns that say where a record came from, and behind them the record's
// own bytes. Everything that ClickHouse reads is written with our schema.
import { schemaText } from '../../../schemas/codec.ts';
import type { TopicTable } from '../tables.ts';
import { avroFile } from './avro-file.ts';

/** Where a record came from. */
export interface Place {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
}

/** Largest size of partition, offset and the length of a key, bytes. */
const prefixBytes = 30;

export class AvroRows {
  /** Number of rows. */
  count = 0;
  private readonly schema: object;
  private readonly keyed: boolean;
  private buffer = Buffer.allocUnsafe(1 << 16);
  private end = 0;

  constructor({ of, latest }: TopicTable) {
    const schema = JSON.parse(schemaText(of)) as { fields: object[] };
    const places = ['_partition', '_offset'].map((name) => ({ name, type: 'long' }));
    const key = latest ? [{ name: '_key', type: 'string' }] : [];
    this.schema = { ...schema, fields: [...places, ...key, ...schema.fields] };
    this.keyed = latest;
  }

  /** Size of the rows, bytes. */
  get bytes(): number {
    return this.end;
  }

  /** @param datum the record in Avro, without the header of the wire format */
  append({ partition, offset, key }: Place, datum: Buffer): void {
    const keyBytes = this.keyed ? Buffer.byteLength(key) : 0;
    this.reserve(prefixBytes + keyBytes + datum.length);
    this.writeLong(partition);
    this.writeLong(offset);
    if (this.keyed) {
      this.writeLong(keyBytes);
      this.end += this.buffer.write(key, this.end);
    }
    this.end += datum.copy(this.buffer, this.end);
    this.count++;
  }

  /** The rows as an Avro file; there are none afterwards. */
  take(): Buffer {
    const file = avroFile(this.schema, this.count, this.buffer.subarray(0, this.end));
    this.count = 0;
    this.end = 0;
    return file;
  }

  private reserve(bytes: number): void {
    if (this.end + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.end + bytes));
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }

  private writeLong(value: number): void {
    // Zigzag of a number from 0 on is its double.
    let left = value * 2;
    while (left > 0x7f) {
      this.buffer[this.end++] = (left % 128) | 0x80;
      left = Math.floor(left / 128);
    }
    this.buffer[this.end++] = left;
  }
}
